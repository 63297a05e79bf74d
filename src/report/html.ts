/**
 * HTML from templates: whatever is put into one is escaped, unless it is HTML already. Names, paths and
 * messages come from files that anybody may have written. The same escapes are right in SVG.
 */

/** Text that is HTML: made by `html`, or by a drawing that escaped its own texts. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template takes; null leaves nothing behind. */
export type Content = string | number | Html | null | readonly Content[];

/** html`<p>${name}</p>`: the template with its values, escaped. */
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

/** Text that means itself between tags and in quoted attributes, of HTML and of XML. */
export function escapeText(text: string): string {
  return printable(text).replace(/[&<>"']/g, sign => ESCAPES[sign]!);
}

/** Text without the signs that XML can't hold and nobody can read: each is shown as �. */
export function printable(text: string): string {
  return text.replace(/[^\t\n\r\u{20}-\u{7e}\u{a0}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '�');
}

function textOf(value: Content): string {
  if (value === null) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escapeText(String(value));
  return value.map(textOf).join('');
}
