/** Reads the lines of the cases. */

/** The words of a line, as a shell has them: double quotes hold a word together. */
export function wordsOf(line: string): string[] {
  return (line.match(/"[^"]*"|\S+/g) ?? []).map(word => word.replace(/^"(.*)"$/, '$1'));
}

/** The options of a line by their names; true for one without a value. The last of a name counts. */
export function optionsOfLine(line: string): Record<string, string | true> {
  const words = wordsOf(line);
  const isName = (word: string | undefined) => word === undefined || word.startsWith('--');
  const entries = words.flatMap((word, i) => {
    if (!isName(word)) return [];
    return [[word.slice(2), isName(words[i + 1]) ? true : words[i + 1]!] as const];
  });
  return Object.fromEntries(entries);
}
