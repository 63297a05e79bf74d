/** Tables as HTML: figures are aligned right, words left. */
import { type Content, type Html, html } from './html.js';

interface HtmlTable {
  caption?: string;
  heads: readonly string[];
  rows: readonly (readonly Content[])[];
  /** Whether the cells contain words rather than figures. */
  words?: boolean;
  /** Indices of highlighted rows. */
  marked?: ReadonlySet<number>;
}

/** Renders a table. The first cell of each row is its header. */
export function htmlTable({ caption, heads, rows, words = false, marked }: HtmlTable): Html {
  return html`
<div class="scroll" role="region" tabindex="0" aria-label="${caption ?? heads.join(', ')}"><table class="${words ? 'words' : 'figures-table'}">${
    caption === undefined ? null : html`<caption>${caption}</caption>`
  }<thead><tr>${heads.map(head => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows.map(
    ([head, ...cells], i) => html`
<tr${marked?.has(i) ? html` class="differs"` : null}><th scope="row">${head ?? ''}</th>${cells.map(cell => html`<td>${cell}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}

/** The table, behind a click on the summary if it has more rows than `most`. */
export function foldedTable(table: HtmlTable, most: number, summary: string): Html {
  if (table.rows.length <= most) return htmlTable(table);
  return html`<details><summary>${summary}</summary>${htmlTable(table)}</details>`;
}
