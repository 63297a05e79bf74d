/** Text tables with aligned columns. Pure functions. */

/** Rows under a line of headings; the first `left` columns are aligned left, the others right. */
export function renderTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  left = 1,
): string {
  const lines = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...lines.map(line => line[column]!.length)));
  return lines
    .map(line => line.map((cell, column) => align(cell, widths[column]!, column < left)).join('  '))
    .map(line => line.trimEnd())
    .join('\n');
}

/** One name and value per line, with the values aligned. */
export function renderPairs(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

function align(cell: string, width: number, left: boolean): string {
  return left ? cell.padEnd(width) : cell.padStart(width);
}
