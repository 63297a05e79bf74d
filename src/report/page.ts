/**
 * A self-contained page in a single file. It has no scripts, and its content security policy forbids the
 * browser to load or send anything.
 */
import { formatCount } from './format.js';
import { type Content, Html, html } from './html.js';
import { PAGE_STYLE } from './page-style.js';

export interface Page {
  title: string;
  /** Content below the title. */
  lead: Content;
  sections: readonly Section[];
  /** Version of lockstep that created the page. */
  version: string;
}

export interface Section {
  heading: string;
  body: Content;
}

/** How much of the work is done. */
export interface Progress {
  done: number;
  total: number;
}

/** Note at the top of a page about unfinished work. */
export function unfinishedNote(what: string, { done, total }: Progress, unit: string): Content {
  return html`<p class="note">${what} is not finished: ${formatCount(done)} of ${formatCount(total)} ${unit} are done. Run the command below to resume it.</p>`;
}

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A page with more sections than this starts with a table of contents. */
const MOST_WITHOUT_CONTENTS = 7;

/** Whether a file with this beginning is a page created by lockstep. */
export function isPage(beginning: string): boolean {
  return (
    beginning.startsWith('<!doctype html>') && beginning.includes('<meta name="generator" content="lockstep ')
  );
}

/** Renders the complete HTML file. */
export function renderPage({ title, lead, sections, version }: Page): string {
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="lockstep ${version}">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Html(PAGE_STYLE)}</style>
</head>
<body>
<header><h1>${title}</h1>${lead}</header>
<main>${sections.length > MOST_WITHOUT_CONTENTS ? contents(sections) : null}${sections.map(
    ({ heading, body }, i) => html`
<section id="section-${i}"><h2>${heading}</h2>${body}</section>`,
  )}
</main>
<footer>Made by lockstep ${version}. This file is self-contained: it loads nothing and sends nothing.</footer>
</body>
</html>
`;
  return text;
}

function contents(sections: readonly Section[]): Html {
  const items = sections.map(({ heading }, i) => html`<li><a href="#section-${i}">${heading}</a></li>`);
  return html`<nav aria-label="Contents"><ul class="contents">${items}</ul></nav>`;
}
