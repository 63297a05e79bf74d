/** A plot embedded in a page, with its caption and a download link. */
import { type Content, Html, html } from './html.js';
import type { Drawing } from './plots/frame.js';

/** The link contains the whole file, because the page has no script that could create it. */
export function figure({ title, svg, standalone }: Drawing, caption: string): Html {
  const data = `data:image/svg+xml;base64,${Buffer.from(standalone).toString('base64')}`;
  return html`
<figure>${new Html(svg)}<figcaption><span>${caption}</span><a download="${fileName(title)}" href="${data}">SVG</a></figcaption></figure>`;
}

/** Figures side by side if the page is wide enough. */
export function figures(all: readonly Html[]): Content {
  return all.length === 0 ? null : html`<div class="figures">${all}</div>`;
}

/** Loss and accuracy → loss-and-accuracy.svg */
function fileName(title: string): string {
  const words = title.toLowerCase().match(/[a-z0-9]+/g) ?? ['figure'];
  return `${words.join('-').slice(0, 60)}.svg`;
}
