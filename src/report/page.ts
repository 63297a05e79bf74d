/**
 * A page: one file that needs nothing else. It has no scripts, and its content security policy forbids the
 * browser to load or send anything.
 */
import { formatCount } from './format.js';
import { type Content, Html, html } from './html.js';
import { PAGE_STYLE } from './page-style.js';

export interface Page {
  title: string;
  /** What stands under the title. */
  lead: Content;
  sections: readonly Section[];
  /** Version of lockstep that made it. */
  version: string;
}

export interface Section {
  heading: string;
  body: Content;
}

/** Of what there will be how much is there. */
export interface Progress {
  done: number;
  total: number;
}

/** What a page of something unfinished begins with. */
export function unfinishedNote(what: string, { done, total }: Progress, unit: string): Content {
  return html`<p class="note">${what} has not come to its end: ${formatCount(done)} of ${formatCount(total)} ${unit} are there. The command below goes on with it.</p>`;
}

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A page of more sections than this begins with a list of them. */
const MOST_WITHOUT_CONTENTS = 7;

/** Whether a file that begins like this is a page that lockstep made. */
export function isPage(beginning: string): boolean {
  return (
    beginning.startsWith('<!doctype html>') && beginning.includes('<meta name="generator" content="lockstep ')
  );
}

/** The whole file. */
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
<footer>Made by lockstep ${version}. This file is complete in itself: it loads nothing and sends nothing.</footer>
</body>
</html>
`;
  return text;
}

function contents(sections: readonly Section[]): Html {
  const items = sections.map(({ heading }, i) => html`<li><a href="#section-${i}">${heading}</a></li>`);
  return html`<nav aria-label="Contents"><ul class="contents">${items}</ul></nav>`;
}
