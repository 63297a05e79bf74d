/**
 * Numbers in unusual formats: reported with the option that reads them, and read with it in training data and
 * new data.
 */
import { describe, expect, it } from 'vitest';
import type { LoadOptions } from '../../../src/data/load-options.js';
import { loadWith } from '../../../src/data/load-with.js';
import { readInputs } from '../../../src/data/rows.js';
import { loadTrain, loadWithOptions, makeFolder, refusal } from '../files.js';
import { FORMATS, writeAs } from './files.js';

const folder = makeFolder();
const asIs: Partial<LoadOptions> = { target: ['y'], task: 'regression', scale: 'none' };
const KEEP = 'or --categorical a to keep the texts.';
const NUMERIC = `Add --numeric a to read it as numbers, ${KEEP}`;

/** A column a with these texts, in 30 rows. */
const table = (texts: string[]) => [
  ['a', 'y'],
  ...Array.from({ length: 30 }, (_, i) => [texts[i % texts.length]!, `${i}`]),
];

const WRITTEN: [name: string, texts: string[], values: number[], way: string][] = [
  ['thousands with commas', ['1,250', '2,000,000', '-3,100.5'], [1250, 2e6, -3100.5], 'thousands separators'],
  ['thousands with apostrophes', ["1'250", "2'000", '30'], [1250, 2000, 30], 'thousands separators'],
  [
    'thousands with narrow blanks',
    ['1\u202f250', '2\u202f000', '30'],
    [1250, 2000, 30],
    'thousands separators',
  ],
  ['thousands with underscores', ['1_250', '2_000_000', '30'], [1250, 2e6, 30], 'thousands separators'],
  ['percent signs', ['12%', '7.5 %', '-1%'], [12, 7.5, -1], 'a percent sign'],
  ['dollars', ['$1', '$2.50', '-$3'], [1, 2.5, -3], 'a currency'],
  ['euros behind', ['1 €', '2.50 €', '3€'], [1, 2.5, 3], 'a currency'],
  ['codes of currencies', ['USD 1', 'USD 2.5', 'USD 3'], [1, 2.5, 3], 'a currency'],
  ['true minus signs', ['\u22121', '\u22122.5', '\u2212.5'], [-1, -2.5, -0.5], 'a typographic minus sign'],
  ['parentheses', ['(1)', '(2.5)', '3'], [-1, -2.5, 3], 'parentheses'],
];

describe.each(FORMATS)('numbers of %s', format => {
  it.each(WRITTEN)(
    'with %s are refused without --numeric, and read with it',
    async (name, texts, values, way) => {
      const path = await writeAs(folder, name, format, table(texts));
      const file = path.replace(`${folder.path}/`, '');
      const first = texts.find(text => Number.isNaN(Number(text)))!;
      expect(await refusal(loadTrain(path, asIs), folder)).toEqual({
        code: 'usage',
        message: `${file}, column "a": it looks like numbers with ${way}, such as ${JSON.stringify(first)}.`,
        hint: NUMERIC,
      });
      const data = await loadTrain(path, { ...asIs, numeric: ['a'] });
      const expected = Array.from({ length: 30 }, (_, i) => values[i % values.length]);
      expect([...readInputs(data)]).toEqual(expected);
      // The model stores how they are written.
      expect([...readInputs(await loadWith(path, data.encoding, data.task, loadWithOptions()))]).toEqual(
        expected,
      );
      const kept = await loadTrain(path, { ...asIs, categorical: ['a'] });
      expect(kept.encoding.columns).toEqual([{ name: 'a', kind: 'category', values: [...texts].sort() }]);
    },
  );

  it.each([
    ['None', ['None']],
    ['<NA>', ['<NA>']],
    ['#N/A', ['#N/A']],
    ['dots', ['.']],
    ['dashes', ['-', '--']],
    ['zeros of Excel', ['#DIV/0!', '#VALUE!']],
  ])('with %s for missing ones are refused without --na-values, and read with it', async (name, marks) => {
    const texts = ['1', '2', '3', ...marks];
    const path = await writeAs(folder, `marks ${name}`.replaceAll(/\W/g, '-'), format, table(texts));
    const { message, hint } = await refusal(loadTrain(path, asIs), folder);
    expect(message).toContain(
      `it looks like numbers, with ${marks.map(mark => JSON.stringify(mark)).join(' and ')} for missing values`,
    );
    expect(hint).toMatch(/^Add --na-values[ =]/);
    const data = await loadTrain(path, { ...asIs, naValues: marks, missing: 'zero' });
    const expected = Array.from({ length: 30 }, (_, i) => Number(texts[i % texts.length]) || 0);
    expect([...readInputs(data)]).toEqual(expected);
    expect([...readInputs(await loadWith(path, data.encoding, data.task, loadWithOptions()))]).toEqual(
      expected,
    );
    const dropped = await loadTrain(path, { ...asIs, naValues: marks, missing: 'drop' });
    expect(readInputs(dropped).every(value => value > 0)).toBe(true);
  });

  it('with decimal commas are refused without --decimal, and read with it', async () => {
    const texts = ['1,5', '-2,25', '3'];
    const path = await writeAs(folder, 'commas', format, table(texts));
    expect((await refusal(loadTrain(path, asIs), folder)).hint).toBe(`Add --decimal ',', ${KEEP}`);
    if (format === 'parquet') return;
    const data = await loadTrain(path, { ...asIs, decimal: ',' });
    const expected = Array.from({ length: 30 }, (_, i) => [1.5, -2.25, 3][i % 3]);
    expect([...readInputs(data)]).toEqual(expected);
    expect([...readInputs(await loadWith(path, data.encoding, data.task, loadWithOptions()))]).toEqual(
      expected,
    );
  });

  it('that are texts are reported once for all columns', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => [`Ann ${i}`, `${i % 5}%`, `${i}`, `t${i}`]);
    const path = await writeAs(folder, 'several', format, [['name', 'rate', 'y', 'note'], ...rows]);
    const { message, hint } = await refusal(loadTrain(path, asIs), folder);
    expect(message).toMatch(
      /: 3 columns can't be used as they are: "name" has .*; "rate" looks .*; "note" has /,
    );
    expect(hint).toMatch(/^To leave them all out: --ignore name,rate,note\. Add --numeric rate /);
    expect((await loadTrain(path, { ...asIs, ignore: ['name', 'note'], numeric: ['rate'] })).features).toBe(
      1,
    );
  });
});

describe('a target', () => {
  it.each([
    ['percent signs', ['10%', '20.5%', '30%'], { numeric: ['y'] }],
    ['decimal commas', ['10', '20,5', '30'], { decimal: ',' as const }],
    ['thousands separators', ['1,0', '20.5'].map((_, i) => ['1,010', '2,020.5'][i]!), { numeric: ['y'] }],
  ])('with %s is refused, and becomes a regression with the option', async (name, texts, option) => {
    const rows = Array.from({ length: 30 }, (_, i) => [`${i}`, `"${texts[i % texts.length]}"`]);
    const path = folder.table(`target ${name}.csv`, [['x', 'y'], ...rows]);
    const { hint } = await refusal(loadTrain(path), folder);
    expect(hint).toContain('or --task multiclass to take the texts for classes');
    const data = await loadTrain(path, { ...option, task: 'regression' });
    expect(data.truth![1]! - data.truth![0]!).toBeCloseTo(name === 'thousands separators' ? 1010.5 : 10.5, 9);
  });

  it.each([
    [{ missingTarget: 'drop' as const }, 24, ['-', 'a', 'b', 'c', 'NA'].filter(text => text !== 'NA')],
    [{ missingTarget: 'drop' as const, naValues: ['-'] }, 18, ['a', 'b', 'c']],
    [{}, 30, ['-', 'NA', 'a', 'b', 'c']],
  ])(
    'NA or - is a class or a missing value, and with %j it is said which',
    async (options, rows, classes) => {
      const texts = ['a', 'b', 'c', 'NA', '-'];
      const path = folder.table('na.csv', [
        ['x', 'y'],
        ...Array.from({ length: 30 }, (_, i) => [i / 2, texts[i % 5]!]),
      ]);
      const data = await loadTrain(path, options);
      expect([data.rows, data.encoding.classes]).toEqual([rows, [...classes].sort()]);
      const said = data.notes!.join('\n');
      if (rows === 30) expect(said).toContain('classes that may stand for missing targets: "-", "NA"');
      else expect(said).toContain(`left out ${30 - rows} of 30 rows`);
    },
  );

  it.each([
    [['NA', 'yes'], '"NA" (--missing-target drop leaves their rows out)'],
    [['no', 'null'], '"null" (--missing-target drop leaves their rows out)'],
    [['+', '-'], null],
    [['none', 'some'], null],
    [['a', 'b', '-'], '"-" (--missing-target drop --na-values - leaves their rows out)'],
  ])('with the classes %j can lack values, or not', async (classes, said) => {
    const rows = Array.from({ length: 30 }, (_, i) => [i / 2, classes[i % classes.length]!]);
    const { notes } = await loadTrain(folder.table('lacking.csv', [['x', 'y'], ...rows]));
    const expected = said === null ? [] : [`classes that may stand for missing targets: ${said}`];
    expect(notes!.filter(note => note.startsWith('classes'))).toEqual(expected);
  });
});

describe('a late cell of CSV that only DuckDB considers a number', () => {
  const withCell = (name: string, cell: string, at: number) =>
    folder.table(name, [
      ['a', 'b', 'y'],
      ...Array.from({ length: 30000 }, (_, i) => [i === at ? cell : `${i}`, `${i % 5}`, `${i % 2}`]),
    ]);
  const cells = ['12_34', '1_000', '0_1', '1.5_0', '1e1_0', 'nan(1)', 'NAN(2)'];

  it.each(cells)('is refused wherever it is: %s', async cell => {
    const early = await refusal(loadTrain(withCell('cell.csv', cell, 1)), folder);
    const late = await refusal(loadTrain(withCell('cell.csv', cell, 25000)), folder);
    expect(JSON.stringify(late)).toBe(JSON.stringify(early).replace('row 2,', 'row 25,001,'));
  });
});
