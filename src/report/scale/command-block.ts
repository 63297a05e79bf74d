/** A command on a page: a line breaks between words, not behind the hyphens of an option. */
import { type Html, html } from '../html.js';

export function commandBlock(command: string): Html {
  const parts = command
    .split(/(\s+)/)
    .map(word => (word.includes('-') ? html`<span class="word">${word}</span>` : html`${word}`));
  return html`<pre>${parts}</pre>`;
}
