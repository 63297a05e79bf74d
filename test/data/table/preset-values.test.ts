import { describe, expect, it } from 'vitest';
import { LOAD_DEFAULTS } from '../../../src/data/load-options.js';
import { encodedAs, encodings, type TableFacts } from '../../../src/data/table/preset-values.js';

const VALUES = { scale: 'robust', numberBins: 8, clipPredictions: true } as const;
const OPTIONS = { ...LOAD_DEFAULTS, presetValues: { leastRows: 250, ...VALUES } };

const PRICES: TableFacts = { task: 'regression', rows: 1000, numbers: 3 };

describe('the values of a preset', () => {
  it.each<[string, TableFacts, object]>([
    ['apply to a table of enough rows', { ...PRICES, rows: 250 }, VALUES],
    ['do not apply to a smaller one', { ...PRICES, rows: 249 }, { scale: 'standard', numberBins: 0 }],
    ['have no bins for classes', { ...PRICES, task: 'binary' }, { ...VALUES, numberBins: 0 }],
    [
      'are without bins if there are more than four million numbers',
      { ...PRICES, rows: 400_001, numbers: 10 },
      { ...VALUES, numberBins: 0 },
    ],
    ['have bins up to there', { ...PRICES, rows: 400_000, numbers: 10 }, VALUES],
  ])('%s', (_, size, expected) => {
    expect(encodedAs(OPTIONS, size)).toMatchObject(expected);
    expect(encodedAs(OPTIONS, size)).not.toHaveProperty('presetValues');
  });

  it('leave bins that the user gives as they are, whatever the size', () => {
    const { numberBins: _, ...others } = OPTIONS.presetValues;
    const given = { ...OPTIONS, numberBins: 16, presetValues: others };
    expect(encodedAs(given, { ...PRICES, rows: 1e6, numbers: 1e3 })).toMatchObject({
      scale: 'robust',
      numberBins: 16,
    });
    expect(encodings(given)).toHaveLength(2);
  });

  it('make three encodings of a table, one for each kind of table', () => {
    const all = encodings(OPTIONS);
    expect(all.map(({ scale, numberBins }) => [scale, numberBins])).toEqual([
      ['robust', 8],
      ['robust', 0],
      ['standard', 0],
    ]);
    const kinds = [
      { rows: 10 },
      { rows: 1e6, numbers: 1 },
      { rows: 1e6, numbers: 9 },
      { task: 'multilabel' },
    ] as const;
    for (const kind of kinds) expect(all).toContainEqual(encodedAs(OPTIONS, { ...PRICES, ...kind }));
    expect(encodings(LOAD_DEFAULTS)).toHaveLength(1);
  });
});
