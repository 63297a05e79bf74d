/** Reads CSV in the page: cells may be quoted; the separator is the one of , ; and tab that the first line has most of. Pure. */

export interface Csv {
  names: string[];
  rows: string[][];
}

export function parseCsv(text: string): Csv {
  const plain = text.replace(/^\ufeff/, '');
  const [first = ''] = plain.split('\n', 1);
  const counts = [',', ';', '\t'].map(sign => ({ sign, count: first.split(sign).length }));
  const { sign } = counts.reduce((most, one) => (one.count > most.count ? one : most));
  const [names = [], ...rows] = linesOf(plain, sign);
  return { names, rows: rows.filter(cells => cells.length > 1 || cells[0] !== '') };
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
