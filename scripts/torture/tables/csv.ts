/** A minimal CSV parser (RFC 4180) for files that lockstep writes. */

/** Rows as cells by the names in the first line. */
export function readCells(text: string): Record<string, string>[] {
  const [names = [], ...lines] = split(text);
  return lines.map(cells => Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ''])));
}

function split(text: string): string[][] {
  const lines: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  while (cell.lastIndex < text.length) {
    const [, quoted, bare = '', end] = cell.exec(text)!;
    lines.at(-1)!.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end !== ',') lines.push([]);
  }
  if (lines.at(-1)!.length === 0) lines.pop();
  return lines;
}
