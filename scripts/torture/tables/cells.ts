/** Compares a written cell with the one that was read: as a feature, a target, or a text. */
import type { WrittenColumn, WrittenTable } from './manifest.js';
import { isPlainNumber, isSameNumber, mayBeMissing, numbersOf } from './meaning.js';
import { show } from './problem.js';
import type { ReadCell, ReadFeature, ReadTarget } from './read.js';

interface Difference {
  kind: string;
  detail: string;
}

export function compareFeatureCell(
  { options }: WrittenTable,
  column: WrittenColumn,
  row: number,
  cell: ReadCell,
  { fill }: ReadFeature,
): Difference | null {
  const text = column.cells[row]!;
  const isFilled = options.missing === 'mean' || options.missing === 'zero';
  if ('category' in cell) {
    if (isSameText(column, row, cell.category)) return null;
    const isOwn = !column.cells.includes(cell.category);
    if (mayBeMissing(text) && isFilled && isOwn) return null;
    return { kind: 'category differs', detail: `${show(text)} read as the category ${show(cell.category)}` };
  }
  const numbers = numbersOf(column, row);
  if (numbers.some(number => Math.fround(number) === cell.number)) return null;
  const detail = `${show(text)} read as the number ${cell.number}`;
  if (mayBeMissing(text)) {
    const isHole = isFilled && fill !== null && Math.fround(fill) === cell.number;
    return isHole ? null : { kind: 'missing cell read', detail };
  }
  return { kind: numbers.length === 0 ? 'text read as a number' : 'number differs', detail };
}

export function compareTargetCell(
  column: WrittenColumn,
  row: number,
  cell: ReturnType<ReadTarget['cell']>,
): Difference | null {
  const text = show(column.cells[row]!);
  if ('name' in cell) {
    if (isSameText(column, row, cell.name)) return null;
    return { kind: 'class differs', detail: `${text} read as the class ${show(cell.name)}` };
  }
  const round = cell.exact ? (value: number) => value : Math.fround;
  if (numbersOf(column, row).some(number => round(number) === cell.value)) return null;
  return { kind: 'target differs', detail: `${text} read as ${cell.value}` };
}

/** Whether a kept cell is unchanged. */
export function isKept(column: WrittenColumn, row: number, got: string | null): boolean {
  const text = column.cells[row]!;
  if ((got ?? '') === (text ?? '')) return true;
  if (got === null || text === null) return false;
  return isSameText(column, row, got) || (isTyped(column, row) && isSameFloat(got, text));
}

/** The text itself, or for cells that are not texts in the file, any spelling of their value. */
function isSameText(column: WrittenColumn, row: number, got: string): boolean {
  const text = column.cells[row]!;
  if (text === null || got === text) return got === text;
  return isTyped(column, row) && (got.toLowerCase() === text || isSameNumber(got, text));
}

function isTyped({ kinds }: WrittenColumn, row: number): boolean {
  return 'nbd'.includes(kinds[row]!);
}

/**
 * Fractions with the same float32 or float64, because fewer digits identify it. Integers keep every digit.
 */
function isSameFloat(got: string, text: string): boolean {
  const [a, b] = [Number(got), Number(text)];
  if (!isPlainNumber(got) || (/^[+-]?\d+$/.test(text) && !Number.isSafeInteger(b))) return false;
  return a === b || (Math.fround(b) === b && Math.fround(a) === b);
}
