/**
 * Quoting of names on the command line. In options that take several names, commas separate them; a name that
 * contains a comma or a quote, or begins or ends with a blank, is put in double quotes, with quotes inside
 * doubled, as in CSV: a,"Price, USD". A shell needs additional quotes around that.
 */

/** Splits a list as typed, without surrounding blanks; undefined if a quote is not closed. */
export function splitList(text: string): string[] | undefined {
  const items: string[] = [];
  if (text === '') return items;
  // Sticky: each match begins at the end of the previous one.
  const item = /\s*(?:"((?:[^"]|"")*)"\s*|([^",\s][^,]*|))(,|$)/gy;
  for (;;) {
    const found = item.exec(text);
    if (found === null) return undefined;
    const [, quoted, plain = '', end] = found;
    items.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'));
    if (end === '') return items;
  }
}

/** Quotes a name for use in a list. */
export function quoteListItem(name: string): string {
  const isPlain = name !== '' && !name.includes(',') && !name.startsWith('"') && name.trim() === name;
  return isPlain ? name : `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a word for a POSIX shell if it contains special characters. */
export function quoteShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Quotes names as the value of an option that takes several, ready to be typed. */
export function quoteList(names: readonly string[]): string {
  return quoteShell(names.map(quoteListItem).join(','));
}
