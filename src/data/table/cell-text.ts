/**
 * The text of a cell that a program gives, as a file would have it: the same when a model is trained, judged and when it
 * predicts. Pure; part of every export that is made of JavaScript.
 */

export type MemoryCell = string | number | boolean | bigint | Date | null | undefined;

/** Whether a cell is missing; a text may also be a mark for a missing value. */
export function isMissingCell(cell: MemoryCell): boolean {
  return cell === null || cell === undefined || cell === '' || Number.isNaN(cell);
}

/** The text of a cell, with dates in UTC; null if it is missing. @throws RangeError at a Date that is no time */
export function textOfCell(cell: MemoryCell): string | null {
  if (isMissingCell(cell)) return null;
  if (cell instanceof Date) return cell.toISOString().replace('T', ' ').replace('Z', '');
  return String(cell);
}
