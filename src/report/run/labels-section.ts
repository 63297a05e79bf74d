/** The labels section of a page: a table for each run. */
import { type Content, html } from '../html.js';
import { foldedTable } from '../html-table.js';
import { LABEL_HEADS, labelCells } from '../labels.js';
import type { Run } from './record.js';

/** With more labels than this, their figures are behind a click. */
const MOST_LABELS_OPEN = 15;

/** null if no run has labels. */
export function labelsSection(runs: readonly Run[]): Content {
  const known = runs.filter(run => run.labels !== null);
  if (known.length === 0) return null;
  return html`${known.map(run => oneRun(run, runs.length > 1))}`;
}

function oneRun({ name, labels }: Run, named: boolean): Content {
  const table = {
    caption: named ? `Labels of ${name}, validation rows` : 'Labels, validation rows',
    heads: LABEL_HEADS,
    rows: labels!.map(labelCells),
  };
  return foldedTable(table, MOST_LABELS_OPEN, `All ${labels!.length} labels`);
}
