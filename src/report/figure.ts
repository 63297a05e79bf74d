/** A drawing in a page, with its caption and a link to it as a file. */
import { type Content, Html, html } from './html.js';
import type { Drawing } from './plots/frame.js';

/** The caption says what to see; the link holds the file itself, as no script is there to make it. */
export function figure({ title, svg, standalone }: Drawing, caption: string): Html {
  const data = `data:image/svg+xml;base64,${Buffer.from(standalone).toString('base64')}`;
  return html`
<figure>${new Html(svg)}<figcaption><span>${caption}</span><a download="${fileName(title)}" href="${data}">SVG</a></figcaption></figure>`;
}

/** Figures side by side, where there is room. */
export function figures(all: readonly Html[]): Content {
  return all.length === 0 ? null : html`<div class="figures">${all}</div>`;
}

/** Loss and accuracy → loss-and-accuracy.svg */
function fileName(title: string): string {
  const words = title.toLowerCase().match(/[a-z0-9]+/g) ?? ['figure'];
  return `${words.join('-').slice(0, 60)}.svg`;
}
