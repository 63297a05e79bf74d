/**
 * The door to Observable Plot, which draws into a document: here one of xmldom's, as there is no browser.
 * Gives the inside of a plot as SVG, without its style sheet.
 */
import * as Plot from '@observablehq/plot';
import { DOMImplementation, DOMParser, XMLSerializer } from '@xmldom/xmldom';

export { Plot };

const XHTML = 'http://www.w3.org/1999/xhtml';

/** Plot's drawing as text: one svg element, its letters those of what is around it. */
export function renderPlot(options: Plot.PlotOptions): string {
  const document = new DOMImplementation().createDocument(XHTML, 'html', null);
  const drawing = Plot.plot({ ...options, document: document as unknown as Document });
  drawing.removeAttribute('class');
  // Plot's own, which its option `style` doesn't reach in a document of xmldom's.
  drawing.removeAttribute('font-family');
  drawing.removeAttribute('font-size');
  for (const style of Array.from(drawing.getElementsByTagName('style'))) style.parentNode?.removeChild(style);
  return new XMLSerializer().serializeToString(
    drawing as unknown as Parameters<XMLSerializer['serializeToString']>[0],
  );
}

/** The drawing with every attribute's value replaced. @throws where it is not well-formed */
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

/** Warnings are of signs in names, which may be any. */
function refuse(level: string, message: string): void {
  if (level !== 'warning') throw new SyntaxError(message);
}
