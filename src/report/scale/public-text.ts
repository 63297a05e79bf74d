/** Texts for a page that is published: without the folders of the machine that it was made on. Pure. */

/** An absolute path between quotes, or from a beginning, a space, =, : or ( to a space; of Unix, or of Windows. */
const PATHS = [
  /(["'])(?:[A-Za-z]:)?[\\/][^"'\n]*?([^"'\\/\n]*)\1/g,
  /(^|[\s=:(,])(?:[A-Za-z]:)?[\\/](?:[^\s"'\\/:,)]+[\\/])*([^\s"'\\/:,)]*)/g,
];

/** --out /home/me/studies/a → --out a */
export function withoutFolders(text: string): string {
  const [quoted, bare] = PATHS as [RegExp, RegExp];
  return text
    .replace(quoted, (_, quote: string, name: string) => `${quote}${name || '.'}${quote}`)
    .replace(bare, (_, before: string, name: string) => `${before}${name || '.'}`);
}
