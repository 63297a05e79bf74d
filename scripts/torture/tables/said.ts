/**
 * Checks that everything done to a column is mentioned, with the column's name, in the notes of the dataset.
 */
import type { WrittenColumn, WrittenTable } from './manifest.js';
import { isNumberColumn, isPlainNumber, mayBeMissing } from './meaning.js';
import { type Problem, show, unsaid } from './problem.js';
import type { ReadTable } from './read.js';

export function isSaid({ notes }: ReadTable, { name }: { name: string }): boolean {
  return notes.some(note => note.includes(name === '' ? 'column' : name));
}

/** Whether a note says that a column, which may have no name, was left out. */
export function isLeftOut({ notes }: ReadTable, { name }: { name: string }): boolean {
  return notes.some(note => note.startsWith(`left out "${name === '' ? 'column' : name}`));
}

/** @param isNumber whether the column was read as numbers rather than as a category */
export function unsaidOf(
  { twists }: WrittenTable,
  read: ReadTable,
  column: WrittenColumn,
  isNumber: boolean,
): Problem[] {
  if (isSaid(read, column)) return [];
  const problems: Problem[] = [];
  const present = column.cells.filter(text => !mayBeMissing(text));
  const hasMarks = column.cells.some(text => text?.trim() && mayBeMissing(text));
  const isPlain = present.every(text => isPlainNumber(text!)) && !hasMarks;
  if (!isNumber && !isPlain && present.length > 0 && isNumberColumn(column)) {
    const detail = `${show(present[0]!)} and so on is a category, without a word`;
    problems.push(unsaid('numbers as a category', column, detail));
  }
  if (isNumber && hasMarks) {
    problems.push(unsaid('marks', column, 'has cells taken for missing, without a word'));
  }
  if (column.family === 'index') problems.push(unsaid('index', column, 'is learnt from without a word'));
  else if (new Set(column.cells).size === 1 && twists.length > 0 && read.rows > 1) {
    problems.push(unsaid('constant', column, `is always ${show(column.cells[0]!)}, without a word`));
  }
  return problems;
}
