/**
 * Wrapper around Observable Plot. Plot draws into a DOM document, which xmldom provides here as there is no
 * browser. Returns the plot as SVG without its style sheet.
 */
import * as Plot from '@observablehq/plot';
import { DOMImplementation, DOMParser, XMLSerializer } from '@xmldom/xmldom';

export { Plot };

const XHTML = 'http://www.w3.org/1999/xhtml';

/** Plot's drawing as a single svg element that inherits its fonts from its surroundings. */
export function renderPlot(options: Plot.PlotOptions): string {
  const document = new DOMImplementation().createDocument(XHTML, 'html', null);
  const drawing = Plot.plot({ ...options, document: document as unknown as Document });
  drawing.removeAttribute('class');
  // Plot sets these attributes, and its option `style` has no effect in an xmldom document.
  drawing.removeAttribute('font-family');
  drawing.removeAttribute('font-size');
  for (const style of Array.from(drawing.getElementsByTagName('style'))) style.parentNode?.removeChild(style);
  return new XMLSerializer().serializeToString(
    drawing as unknown as Parameters<XMLSerializer['serializeToString']>[0],
  );
}

/** Replaces the value of every attribute. @throws if the SVG is not well-formed */
export function mapAttributes(svg: string, change: (value: string) => string): string {
  const document = new DOMParser({ onError: refuse }).parseFromString(svg, 'image/svg+xml');
  for (const element of Array.from(document.getElementsByTagName('*'))) {
    for (const attribute of Array.from(element.attributes)) {
      const changed = change(attribute.value);
      if (changed !== attribute.value) attribute.value = changed;
    }
  }
  return new XMLSerializer().serializeToString(document);
}

/** Ignores warnings: they concern characters in names, which may be arbitrary. */
function refuse(level: string, message: string): void {
  if (level !== 'warning') throw new SyntaxError(message);
}
