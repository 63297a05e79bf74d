/**
 * HTML from templates. Every interpolated value is escaped unless it is already Html, because names, paths
 * and messages come from untrusted files. The escapes are valid in SVG too.
 */

/** Text that is already HTML: produced by `html`, or by a drawing that escapes its own text. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A value that a template accepts; null renders as nothing. */
export type Content = string | number | Html | null | readonly Content[];

/** html`<p>${name}</p>`: fills in the template and escapes the values. */
export function html(parts: TemplateStringsArray, ...values: Content[]): Html {
  return new Html(parts.map((part, i) => (i === 0 ? part : textOf(values[i - 1]!) + part)).join(''));
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for use between tags and in quoted attributes, in HTML and XML. */
export function escapeText(text: string): string {
  return printable(text).replace(/[&<>"']/g, sign => ESCAPES[sign]!);
}

/** Replaces each character that XML does not allow, or that is invisible, by �. */
export function printable(text: string): string {
  return text.replace(/[^\t\n\r\u{20}-\u{7e}\u{a0}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '�');
}

function textOf(value: Content): string {
  if (value === null) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escapeText(String(value));
  return value.map(textOf).join('');
}
