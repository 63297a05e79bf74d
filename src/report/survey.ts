/** Overview of a table's columns before any training, a line for each. */
import type { ColumnSurvey, TableSurvey } from '../data/table/survey.js';
import { counted, formatCount, formatFigure, shorten } from './format.js';
import { renderTable } from './table.js';

/** Columns shown before the rest is only counted; unusable ones are always shown. */
const MOST_SHOWN = 200;
const LONGEST_TEXT = 20;

/** A table of all columns, with the reason for each one that cannot be used as it is. */
export function surveyText({ columns }: TableSurvey): string {
  const shown = columns.filter((column, i) => i < MOST_SHOWN || column.problem !== null);
  const table = renderTable(
    ['column', 'holds', 'least', 'median', 'greatest', 'missing', 'outliers'],
    shown.map(column => [
      column.name,
      holdsText(column),
      ...[column.least, column.median, column.greatest].map(value =>
        value === null ? '' : formatFigure(value),
      ),
      column.missing === 0 ? '' : formatCount(column.missing),
      column.outliers ? formatCount(column.outliers) : '',
    ]),
    2,
  );
  const more = columns.length - shown.length;
  return more > 0 ? `${table}\n… and ${counted(more, 'more column')}` : table;
}

function holdsText({ kind, problem, distinct, frequent }: ColumnSurvey): string {
  if (problem !== null) return `✗ ${problem}`;
  if (kind === 'number') return 'numbers';
  if (kind === 'ignored') return 'not read, as asked';
  const texts = frequent.map(({ text }) => shorten(text, LONGEST_TEXT)).join(', ');
  const what = { boolean: 'yes or no', date: 'dates', category: 'category', unusable: 'text' }[kind];
  return `${what}, ${formatCount(distinct ?? 0)}: ${texts}${(distinct ?? 0) > frequent.length ? ', …' : ''}`;
}
