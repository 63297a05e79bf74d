/**
 * How names are typed. In options that take several, commas separate them; a name that holds a comma or a quote, or begins
 * or ends in a blank, stands in double quotes, as in CSV, and a quote within is doubled: a,"Price, USD". A shell needs
 * quotes of its own around that.
 */

/** The items of a list as it is typed, blanks around them left out; undefined if a quote is not closed. */
export function splitList(text: string): string[] | undefined {
  const items: string[] = [];
  if (text === '') return items;
  // Sticky: each match begins where the last one ended.
  const item = /\s*(?:"((?:[^"]|"")*)"\s*|([^",\s][^,]*|))(,|$)/gy;
  for (;;) {
    const found = item.exec(text);
    if (found === null) return undefined;
    const [, quoted, plain = '', end] = found;
    items.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'));
    if (end === '') return items;
  }
}

/** A name as it stands in a list. */
export function quoteListItem(name: string): string {
  const isPlain = name !== '' && !name.includes(',') && !name.startsWith('"') && name.trim() === name;
  return isPlain ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A word for a POSIX shell: what it would read as something else is quoted. */
export function quoteShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Names as the value of an option that takes several, ready to be typed. */
export function quoteList(names: readonly string[]): string {
  return quoteShell(names.map(quoteListItem).join(','));
}
