/**
 * Opens the pages in a real browser: rendering, console messages, requests, contrast in light and dark mode,
 * width.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runPage } from '../../src/report/run/page.js';
import { toRuns } from '../../src/report/run/record.js';
import { studyPage } from '../../src/report/scale/page.js';
import { tunePage } from '../../src/report/tune/page.js';
import { makeFolder } from '../cli/lockstep.js';
import { NO_BROWSER, useBrowser } from './browser.js';
import { runFiles } from './run/files.js';
import { batchStudy, scalingStudy } from './scale/studies.js';
import { madeUpTuning } from './tune/tunings.js';

/** In CSS pixels, between the margins that browsers use for printing. */
const A4_WIDTH = 718;
const folder = makeFolder();
const long = 'a run with a name that is far longer than anybody would like it to be, '.repeat(3);
const runs = [runFiles('runs/a', 2000), runFiles(long, 3), runFiles('runs/c', 1, { summary: null })];
const PAGES: Record<string, string> = {
  'one run': runPage(toRuns(runs.slice(0, 1), ['lockstep train mnist/']), '0.1.0'),
  'three runs': runPage(toRuns(runs, ['a', `lockstep train ${'x'.repeat(300)}`, 'c']), '0.1.0'),
  'a strong study': studyPage(scalingStudy({ backends: ['blas', 'wasm'], project: [2, 16, 64] })),
  'a study of one point': studyPage(scalingStudy({ workers: [1] })),
  'a batch study': studyPage(batchStudy()),
  'a search': tunePage(madeUpTuning('halving'), '0.1.0'),
};
const names = Object.keys(PAGES);
const fileOf = (name: string) => join(folder, `${name}.html`);

// Without a browser this test is reported as skipped, with the reason; where one is required, it fails.
it.skipIf(NO_BROWSER !== null && !process.env.LOCKSTEP_REQUIRE_BROWSER)(
  `has a browser to test in: ${NO_BROWSER ?? 'yes'}`,
  () => {
    expect(NO_BROWSER).toBeNull();
  },
);

describe.skipIf(NO_BROWSER !== null)('in a browser', () => {
  beforeAll(() => {
    for (const name of names) writeFileSync(fileOf(name), PAGES[name]!);
  });
  const browser = useBrowser();

  it.each(names)(
    'the page of %s is drawn, says nothing, asks for nothing, and fits a narrow window',
    async name => {
      const { page, said, requests } = await browser.open(fileOf(name));
      const figures = await page.evaluate(measureFigures);
      expect(figures.length).toBeGreaterThanOrEqual(4);
      for (const { size, marks, outside } of figures) {
        expect(Math.min(...size)).toBeGreaterThan(200);
        expect(marks).toBeGreaterThan(6);
        expect(outside).toEqual([]);
      }
      await page.setViewportSize({ width: 400, height: 800 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
      expect(await page.evaluate(cutTexts)).toEqual([]);
      expect([said, requests]).toEqual([[], []]);
      await page.close();
    },
  );

  it('prevents a page from loading or running anything, whatever it contains', async () => {
    const file = join(folder, 'intruder.html');
    const intruder = '<img src="file:///etc/hostname"><script>document.title = "ran"</script>';
    writeFileSync(file, PAGES['one run']!.replace('<main>', `<main>${intruder}`));
    const { page, said } = await browser.open(file);
    expect(await page.title()).toBe('Training run a');
    expect(said.filter(text => text.includes('Content Security Policy'))).toHaveLength(2);
    await page.close();
  });

  it.each(['light', 'dark'] as const)('gives text and series enough contrast in %s mode', async scheme => {
    const { page } = await browser.open(fileOf('three runs'), { scheme });
    const { ground, texts, strokes } = await page.evaluate(() => {
      const style = (element: Element) => getComputedStyle(element);
      const all = (selector: string) => [...document.querySelectorAll(selector)];
      return {
        ground: style(document.body).backgroundColor,
        texts: [
          ...all('h1, p, td, th, summary, figcaption, a').map(element => style(element).color),
          ...all('figure > svg > text, figure > svg > g:nth-of-type(1) text').map(
            element => style(element).fill,
          ),
        ],
        strokes: all('svg [aria-label=line] path, svg [aria-label=dot] path').map(
          element => style(element).stroke,
        ),
      };
    });
    expect(luminance(ground) > 0.5).toBe(scheme === 'light');
    expect(strokes.length).toBeGreaterThan(10);
    for (const text of new Set(texts)) expect(contrast(text, ground), text).toBeGreaterThanOrEqual(4.5);
    for (const stroke of new Set(strokes)) expect(contrast(stroke, ground), stroke).toBeGreaterThanOrEqual(3);
    await page.close();
  });

  it('offers each plot as a self-contained file', async () => {
    const { page } = await browser.open(fileOf('a strong study'), { scheme: 'dark' });
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('figcaption a')]);
    expect(download.suggestedFilename()).toBe('speedup-of-all.svg');
    const file = join(folder, 'speedup.svg');
    await download.saveAs(file);
    await page.close();

    const alone = await browser.open(file, { scheme: 'dark' });
    const drawing = await alone.page.evaluate(() => {
      const root = document.documentElement;
      const colours = [...root.querySelectorAll('*')].flatMap(element => [
        getComputedStyle(element).stroke,
        getComputedStyle(element).fill,
      ]);
      return {
        name: root.nodeName,
        width: root.getBoundingClientRect().width,
        colours: [...new Set(colours)],
      };
    });
    expect([drawing.name, drawing.width]).toEqual(['svg', 464]);
    expect(drawing.colours).toEqual(
      expect.arrayContaining(['rgb(255, 255, 255)', 'rgb(0, 104, 168)', 'rgb(28, 33, 39)']),
    );
    expect([alone.said, alone.requests]).toEqual([[], []]);
    expect(readFileSync(file, 'utf8')).toContain('xmlns="http://www.w3.org/2000/svg"');
    await alone.page.close();
  });

  it('prints pages in light mode, whatever the mode of the screen', async () => {
    const { page } = await browser.open(fileOf('one run'), { scheme: 'dark' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(ground).toBe('rgb(255, 255, 255)');
    await page.close();
  });

  it.each(names)('prints the page of %s without cutting anything off', async name => {
    const { page } = await browser.open(fileOf(name), { width: A4_WIDTH });
    await page.emulateMedia({ media: 'print' });
    const tooWide = await page.evaluate(() =>
      [...document.querySelectorAll('table, figure')]
        .filter(element => element.getBoundingClientRect().right > innerWidth)
        .map(element => element.textContent?.slice(0, 80)),
    );
    expect(tooWide).toEqual([]);
    await page.close();
  });
});

/**
 * Runs in the page: the size of each figure, the number of its marks, and which of them lie outside its
 * frame.
 */
function measureFigures() {
  return [...document.querySelectorAll('figure > svg')].map(svg => {
    const frame = svg.getBoundingClientRect();
    const isOutside = (element: Element) => {
      const { left, right, top, bottom } = element.getBoundingClientRect();
      return (
        left < frame.left - 1 || right > frame.right + 1 || top < frame.top - 1 || bottom > frame.bottom + 1
      );
    };
    const drawn = [...svg.querySelectorAll('path, rect, line, text')].filter(element => {
      const { width, height } = element.getBoundingClientRect();
      return width > 0 || height > 0;
    });
    const name = svg.querySelector('title')?.textContent;
    return {
      size: [frame.width, frame.height],
      marks: drawn.filter(element => element.tagName !== 'text').length,
      outside: drawn.filter(isOutside).map(element => `${name}: ${element.outerHTML}`),
    };
  });
}

/** Relative luminance of rgb(r, g, b) as defined by WCAG 2. */
function luminance(colour: string): number {
  const [r, g, b] = colour
    .match(/[\d.]+/g)!
    .slice(0, 3)
    .map(part => {
      const value = Number(part) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

/** Contrast ratio, from 1 to 21. */
function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((one, other) => one - other);
  return (light! + 0.05) / (dark! + 0.05);
}

/** In the page: captions of tables that reach beyond the window, and words of headings that are broken. */
function cutTexts(): string[] {
  const beyond = [...document.querySelectorAll('caption')].filter(
    caption => caption.getBoundingClientRect().right > innerWidth,
  );
  const broken = [...document.querySelectorAll('thead th, .word')].filter(({ firstChild }) => {
    const range = document.createRange();
    const words = [...(firstChild?.textContent ?? '').matchAll(/\S+/g)].filter(([word]) => word.length < 20);
    return words.some(({ index, 0: word }) => {
      range.setStart(firstChild!, index);
      range.setEnd(firstChild!, index + word.length);
      return range.getClientRects().length > 1;
    });
  });
  return [...beyond, ...broken].map(({ textContent }) => textContent ?? '');
}
