/** Cells of every kind mean the same when rows are fitted, judged and predicted. */
import { expect, it } from 'vitest';
import { fit as fitRows } from '../../src/index.js';

const OPTIONS = {
  hidden: [4],
  epochs: 2,
  workers: 1,
  preset: 'none',
  validation: 0,
  missing: 'mean',
} as const;

/** 2,600 rows: more texts than a category has, dates, booleans, numbers, and gaps of every kind. */
const ROWS = Array.from({ length: 2600 }, (_, i) => ({
  many: [`text ${i}`, i, i % 2 === 0, new Date(1e12 + 1e7 * i), Number.NaN, null, ''][i % 7 < 3 ? 0 : i % 7]!,
  day: i % 11 === 0 ? null : new Date(Date.UTC(2024, 0, 1 + (i % 9))),
  code: [i % 3, true, 'x', Number.NaN, undefined, '', new Date(1e12)][i % 7],
  size: i % 13 === 0 ? '' : i % 17,
  fresh: i % 19 === 0 ? null : i % 2 === 0,
  y: i % 5,
}));

it('predicts with the bits of evaluate for cells of every kind', async () => {
  const model = await fitRows(ROWS, {
    ...OPTIONS,
    ...{ target: 'y', task: 'regression', hashBuckets: 16, categorical: ['code'], dates: 'epoch' },
  });
  const kinds = model.encoding.columns.map(({ name, kind }) => [name, kind]);
  expect(Object.fromEntries(kinds)).toEqual({
    ...{ many: 'hashed', day: 'number', code: 'category', size: 'number', fresh: 'number' },
  });
  const { predictions } = await model.evaluate(ROWS);
  expect(model.predict(ROWS)).toEqual([...predictions]);
});

it('predicts dates with the bits of evaluate, to the millisecond', async () => {
  const rows = Array.from({ length: 50 }, (_, i) => ({ at: new Date(1.7e12 + 123457 * i), y: i }));
  const model = await fitRows(rows, { ...OPTIONS, dates: 'epoch', task: 'regression' });
  const { predictions } = await model.evaluate(rows);
  expect(model.predict(rows)).toEqual([...predictions]);
});

it('counts an empty text among numbers as missing', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({ a: i % 4 === 0 ? '' : i, y: i }));
  const nulls = rows.map(({ a, y }) => ({ a: a === '' ? null : a, y }));
  const [ofTexts, ofNulls] = await Promise.all([fitRows(rows, OPTIONS), fitRows(nulls, OPTIONS)]);
  expect(ofTexts.notes).toEqual(ofNulls.notes);
  expect(ofTexts.encoding).toEqual(ofNulls.encoding);
  expect(ofTexts.weights).toEqual(ofNulls.weights);
});

it('refuses a boolean in a column of numbers in predict as in evaluate', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({ a: i, y: i }));
  const model = await fitRows(rows, OPTIONS);
  expect(() => model.predict([{ a: true }])).toThrow(/column "a": expected a number.*got "true"/);
  await expect(model.evaluate([{ a: true, y: 1 }])).rejects.toThrow(/column "a"/);
});

it('refuses a Date that is no time, wherever it is', async () => {
  const none = new Date(Number.NaN);
  const rows = Array.from({ length: 40 }, (_, i) => ({ c: 'ab'[i % 2]!, d: new Date(1e12 + 1e8 * i), y: i }));
  const options = { ...OPTIONS, dates: 'epoch' } as const;
  const model = await fitRows(rows, options);
  await expect(fitRows([{ ...rows[0]!, d: none }, ...rows], options)).rejects.toThrow(
    /row 1, column "d": expected a number, text, boolean, Date or null, got an invalid Date/,
  );
  expect(() => model.predict([{ c: 'a', d: none }])).toThrow(
    /column "d": expected a date.*got "Invalid Date"/,
  );
  expect(() => model.predict([{ c: none, d: rows[0]!.d }])).toThrow(
    /column "c": expected a text or a valid date/,
  );
});
