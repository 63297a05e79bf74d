/** How well a run tells each of its labels: a table a run. */
import { type Content, html } from '../html.js';
import { htmlTable } from '../html-table.js';
import { LABEL_HEADS, labelCells } from '../labels.js';
import type { Run } from './record.js';

/** null where no run has labels. */
export function labelsSection(runs: readonly Run[]): Content {
  const known = runs.filter(run => run.labels !== null);
  if (known.length === 0) return null;
  return html`${known.map(({ name, labels }) =>
    htmlTable({
      caption: runs.length > 1 ? `Each label of ${name}, validation rows` : 'Each label, validation rows',
      heads: LABEL_HEADS,
      rows: labels!.map(labelCells),
    }),
  )}`;
}
