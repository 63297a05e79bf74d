/** The page in a browser: the form, a file of rows, and that it sends nothing. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseCsv } from '../../src/export/page/csv.js';
import { makeFolder, runInside } from '../cli/lockstep.js';
import { writeKinds } from '../cli/tables.js';
import { NO_BROWSER, useBrowser } from '../report/browser.js';

const folder = makeFolder();

describe.skipIf(NO_BROWSER !== null)('the page', () => {
  const browser = useBrowser();
  const data = writeKinds(folder, 'kinds.csv', 30);
  const run = join(folder, 'run');
  const file = join(folder, 'model.html');
  let predictions: string[];

  beforeAll(async () => {
    await runInside(['train', data, '--target', 'kind', '--out', run, '--epochs', '5', '--quiet']);
    expect((await runInside(['export', run, '--out', file])).code).toBe(0);
    expect((await runInside(['export', run, '--out', join(folder, 'model.mjs')])).code).toBe(0);
    const { stdout } = await runInside(['predict', run, data]);
    predictions = stdout.trim().split('\n').slice(1);
  });

  it('predicts a row of the form', async () => {
    const { page, said, requests } = await browser.open(file);
    const [, first] = readFileSync(data, 'utf8').split('\n') as [string, string];
    const [length, weight, colour] = first.split(',') as [string, string, string];
    await page.fill('[name=length]', length);
    await page.fill('[name=weight]', weight);
    await page.selectOption('[name=colour]', colour);
    await page.click('button');
    const answer = await page.textContent('#answer');
    expect(answer).toContain(`prediction${predictions[0]!.split(',')[0]}`);
    await page.fill('[name=length]', 'long');
    await page.click('button');
    expect(await page.textContent('#answer')).toContain('column "length": expected a number');
    expect({ said, requests }).toEqual({ said: [], requests: [] });
  });

  it('predicts the rows of a file', async () => {
    const { page, said, requests } = await browser.open(file);
    await page.setInputFiles('#file', data);
    await page.waitForSelector('#table tr:nth-child(31)');
    const shown = await page.$$eval('#table tr', rows =>
      rows.map(row => [...row.children].map(cell => cell.textContent)),
    );
    const places = ['prediction', 'probability_ant', 'probability_cat'].map(name => shown[0]!.indexOf(name));
    for (const [i, line] of predictions.entries()) {
      const [label, ant, , cat] = line.split(',');
      const found = places.map(place => shown[i + 1]![place]!);
      expect(found[0]).toBe(label);
      expect(Number(found[1])).toBeCloseTo(Number(ant), 5);
      expect(Number(found[2])).toBeCloseTo(Number(cat), 5);
    }
    expect({ said, requests }).toEqual({ said: [], requests: [] });
  });

  it('says which rows of a file have other numbers of cells', async () => {
    const { page } = await browser.open(file);
    const lines = readFileSync(data, 'utf8').split('\n').slice(0, 4);
    const ragged = join(folder, 'ragged.csv');
    writeFileSync(
      ragged,
      `${[lines[0], lines[1], `${lines[2]},1`, lines[3]!.replace(/,[^,]*$/, '')].join('\n')}\n`,
    );
    await page.setInputFiles('#file', ragged);
    await page.waitForSelector('#table tr:nth-child(4)');
    const ends = await page.$$eval('#table tr', rows => rows.map(row => row.lastElementChild!.textContent));
    expect(ends).toEqual([
      'error',
      '',
      expect.stringMatching(/^expected \d+ cells, as in the first line, got \d+$/),
      expect.stringMatching(/^expected \d+ cells, as in the first line, got \d+$/),
    ]);
  });

  it('runs the module', async () => {
    const { page } = await browser.open(file);
    const module = readFileSync(join(folder, 'model.mjs'), 'utf8');
    const content = `${module}\nglobalThis.ofModule = predict({ length: 1, weight: 2, colour: 'red' });`;
    await page.addScriptTag({ type: 'module', content });
    // The script may run after its element is there.
    const found = await page.waitForFunction(() => (globalThis as unknown as { ofModule?: object }).ofModule);
    const inBrowser = await found.jsonValue();
    const { predict } = await import(join(folder, 'model.mjs'));
    expect(inBrowser).toEqual(predict({ length: 1, weight: 2, colour: 'red' }));
  });
});

describe('parseCsv', () => {
  it.each([
    ['a,b\n1,2\n', [['1', '2']]],
    ['a;b\r\n"1;""x""";2', [['1;"x"', '2']]],
    ['\ufeffa\tb\n\n"line\nbreak"\t\n', [['line\nbreak', '']]],
  ])('reads %j', (text, rows) => {
    expect(parseCsv(text, [{ name: 'a' }])).toEqual({ names: ['a', 'b'], rows });
  });

  it('takes the first line for names if the model has names', () => {
    expect(parseCsv('x,1\n2,3\n', [{ name: 'a' }])).toEqual({ names: ['x', '1'], rows: [['2', '3']] });
  });

  it('takes the first line for a row if the model was trained without names', () => {
    const inputs = [{ name: 'column2' }, { name: 'column0' }];
    const rows = [
      ['1', '2', '3'],
      ['4', '5', '6'],
    ];
    const names = ['column0', 'column1', 'column2'];
    expect(parseCsv('1,2,3\n4,5,6\n', inputs)).toEqual({ names, rows });
    expect(parseCsv('column0,column1,column2\n1,2,3\n4,5,6\n', inputs)).toEqual({ names, rows });
    expect(parseCsv('1,2\n', [{ name: 'column01' }])).toEqual({
      names: ['column0', 'column01'],
      rows: [['1', '2']],
    });
  });

  it('takes the first line for an image unless it holds texts', () => {
    const inputs = [{ count: 2 }];
    expect(parseCsv('0,255\n1,2\n', inputs).rows).toHaveLength(2);
    expect(parseCsv('p1,p2\n1,2\n', inputs)).toEqual({ names: ['p1', 'p2'], rows: [['1', '2']] });
  });
});
