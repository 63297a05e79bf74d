/** The confusion section of a page: the matrix, figures of each class, and the most frequent errors. */
import { CLASS_HEADS, classCells, figuresOf } from '../confusion.js';
import { figure, figures } from '../figure.js';
import { formatRows } from '../format.js';
import { type Content, html } from '../html.js';
import { foldedTable, htmlTable } from '../html-table.js';
import { drawMatrix } from '../plots/matrix-chart.js';
import type { Run } from './record.js';

const MOST_ERRORS = 10;
/** With more classes than this, their figures are behind a click. */
const MOST_CLASSES_OPEN = 15;

/** null if no run has a confusion matrix. */
export function confusionSection(runs: readonly Run[]): Content {
  const known = runs.filter(run => run.confusion !== null);
  if (known.length === 0) return null;
  return html`${known.map((run, i) => oneRun(run, `confusion-${i}`, runs.length > 1))}`;
}

function oneRun(run: Run, id: string, named: boolean): Content {
  const { classes, counts } = run.confusion!;
  const title = named ? `Confusion of ${run.name}` : 'Confusion matrix';
  const drawing = drawMatrix(run.confusion!, title, id);
  const perClass = {
    caption: named ? `Classes of ${run.name}, validation rows` : 'Classes, validation rows',
    heads: CLASS_HEADS,
    rows: figuresOf(counts, classes).map(classCells),
  };
  const folded = foldedTable(perClass, MOST_CLASSES_OPEN, `All ${classes.length} classes`);
  const tables = html`<div>${folded}${errorTable(classes, counts)}</div>`;
  return figures([figure(drawing, 'Shade: share of the rows of the true class.'), tables]);
}

function errorTable(classes: readonly string[], counts: readonly (readonly number[])[]): Content {
  const errors = counts
    .flatMap((row, truth) => row.map((count, predicted) => ({ truth, predicted, count })))
    .filter(({ truth, predicted, count }) => truth !== predicted && count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, MOST_ERRORS);
  if (errors.length === 0) return html`<p>Every row was classified correctly.</p>`;
  return htmlTable({
    caption: 'Most frequent errors',
    heads: ['true class', 'predicted class', 'rows'],
    rows: errors.map(({ truth, predicted, count }) => [
      classes[truth]!,
      classes[predicted]!,
      formatRows(count),
    ]),
  });
}
