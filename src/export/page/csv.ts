/** Reads CSV in the page: cells may be quoted; the separator is the one of , ; and tab that the first line has most of. Pure. */

interface Csv {
  names: string[];
  rows: string[][];
}

/** What a model takes: columns by name; or pixels, which have none. */
export type Expected = readonly { name: string }[] | readonly { count: number }[];

export function parseCsv(text: string, inputs: Expected): Csv {
  const plain = text.replace(/^\ufeff/, '');
  const [first = ''] = plain.split('\n', 1);
  const counts = [',', ';', '\t'].map(sign => ({ sign, count: first.split(sign).length }));
  const { sign } = counts.reduce((most, one) => (one.count > most.count ? one : most));
  const lines = linesOf(plain, sign).filter(cells => cells.length > 1 || cells[0] !== '');
  const [cells = [], ...others] = lines;
  const wanted = inputs.flatMap(input => ('name' in input ? [input.name] : []));
  if (isOfNames(cells, wanted)) return { names: cells, rows: others };
  return {
    names: cells.map((_, place) => wanted.find(name => placeOf(name) === place) ?? `column${place}`),
    rows: lines,
  };
}

/** Whether the first line holds names: without them are pixels, and files like that of a model whose columns had none. */
function isOfNames(cells: readonly string[], wanted: readonly string[]): boolean {
  if (wanted.length === 0) return cells.some(cell => cell.trim() === '' || Number.isNaN(Number(cell)));
  return cells.some(cell => wanted.includes(cell)) || wanted.some(name => placeOf(name) === null);
}

/** column0, or column00 of many, is the first column of a file without names; null: it is another name. */
function placeOf(name: string): number | null {
  const digits = /^column(\d+)$/.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

function linesOf(text: string, separator: string): string[][] {
  const lines: string[][] = [];
  let cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  const endCell = () => {
    cells.push(cell);
    cell = '';
  };
  const endLine = () => {
    endCell();
    lines.push(cells);
    cells = [];
  };
  for (let i = 0; i < text.length; i++) {
    const sign = text[i]!;
    if (isQuoted) {
      if (sign !== '"') cell += sign;
      else if (text[i + 1] === '"') cell += text[++i];
      else isQuoted = false;
    } else if (sign === '"' && cell === '') isQuoted = true;
    else if (sign === separator) endCell();
    else if (sign === '\n') endLine();
    else if (sign !== '\r' || text[i + 1] !== '\n') cell += sign;
  }
  if (cell !== '' || cells.length > 0) endLine();
  return lines;
}
