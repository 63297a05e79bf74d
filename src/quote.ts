/** Names as they have to be typed: in an option that takes a list, on the command line. Pure functions. */

/** Names for an option that takes several, ready for a shell: a,b or 'a,"Price, USD"'. */
export function quoteNames(names: readonly string[]): string {
  const list = names.map(name => (needsQuotes(name) ? `"${name.replaceAll('"', '""')}"` : name)).join(',');
  return quoteArgument(list);
}

/** Whether a name in a list would be cut or trimmed. */
function needsQuotes(name: string): boolean {
  return name === '' || /[",\n\r]/.test(name) || name !== name.trim();
}

/** One word for a shell. */
export function quoteArgument(text: string): string {
  return /^[\w.,:/@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
