/** Exports in Chromium: the module, and the page with the file of all rows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import type { Prediction } from '../../../src/export/code/runtime.js';
import { parseCsv } from '../../../src/export/page/csv.js';
import { type Compared, compareObjects, compareWith, type Own } from './compare.js';
import type { Cells } from './rows.js';

const CHROMIUM = '/usr/bin/chromium';

export async function inBrowser(out: string, all: Cells, own: Own): Promise<Compared[]> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  try {
    return [await runModule(browser, out, all, own), await runPage(browser, out, all, own)];
  } finally {
    await browser.close();
  }
}

async function runModule(browser: Browser, out: string, { names, rows }: Cells, own: Own): Promise<Compared> {
  const page = await browser.newPage();
  const text = readFileSync(join(out, 'model.mjs'), 'utf8');
  const predictions: Prediction[] = await page.evaluate(
    async ({ text, names, rows }) => {
      const { predict } = await import(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
      return rows.map(cells =>
        predict(Object.fromEntries(cells.map((cell, j) => [names[j], cell])), { unseen: 'ignore' }),
      );
    },
    { text, names, rows },
  );
  return compareObjects(own, predictions, 'module, Chromium');
}

/** Compares the rows that the page predicts. It refuses those with texts that training has not seen; all others must be there. */
async function runPage(browser: Browser, out: string, { names, rows }: Cells, own: Own): Promise<Compared> {
  const page = await browser.newPage();
  await page.goto(pathToFileURL(join(out, 'model.html')).href);
  await page.setInputFiles('#file', join(out, 'rows.csv'));
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#table a')]);
  const table = parseCsv(readFileSync(await download.path(), 'utf8'), [{ name: '' }]);
  const { predict } = await import(pathToFileURL(join(out, 'model.mjs')).href);
  const isKnown = rows.map(cells => {
    try {
      predict(Object.fromEntries(cells.map((cell, j) => [names[j]!, cell])));
      return true;
    } catch {
      return false;
    }
  });
  const added = table.names.slice(names.length);
  const isNumber = (name: string) => own.program.output.kind === 'values' || name.startsWith('probability_');
  const errors = added.indexOf('error');
  const shown = table.rows.map(cells => cells.slice(names.length));
  if (shown.some((cells, i) => ((cells[errors] ?? '') === '') !== isKnown[i])) {
    throw new Error('the page refuses other rows than the module');
  }
  const numbersOf = (cells: readonly string[]) =>
    cells.filter((_, j) => j !== errors && isNumber(added[j]!)).map(Number);
  const labelsOf = (cells: readonly string[]) => cells.filter((_, j) => j !== errors && !isNumber(added[j]!));
  const kept = rows.flatMap((_, i) => (isKnown[i] ? [i] : []));
  const perRow = own.labels.length / rows.length;
  const part = <T>(list: ArrayLike<T>, width: number) =>
    kept.flatMap(i => Array.from({ length: width }, (_, k) => list[i * width + k]!));
  return compareWith(
    { ...own, numbers: Float64Array.from(part(own.numbers, own.width)), labels: part(own.labels, perRow) },
    {
      numbers: Float64Array.from(kept.flatMap(i => numbersOf(shown[i]!))),
      labels: kept.flatMap(i => labelsOf(shown[i]!)),
    },
    'page, Chromium',
  );
}
