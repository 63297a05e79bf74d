/** Wrong options, rows and weights of fit, predict and evaluate are refused, and right ones have an effect. */
import { describe, expect, it } from 'vitest';
import {
  arrayRows,
  type Dataset,
  fit as fitRows,
  LockstepError,
  loadData,
  networkFor,
  type TrainedModel,
} from '../../src/index.js';

const ROWS = Array.from({ length: 60 }, (_, i) => ({ a: i % 7, b: i % 5, y: i % 7 > 3 ? 'up' : 'down' }));
const X = ROWS.map(({ a, b }) => [a, b]);
const Y = ROWS.map(({ y }) => y);
const WEIGHTS = ROWS.map((_, i) => i % 3);
const OPTIONS = { hidden: [3], epochs: 1, workers: 1 } as const;

async function refusal(made: () => unknown): Promise<string> {
  try {
    await made();
  } catch (error) {
    expect(error).toBeInstanceOf(LockstepError);
    return (error as Error).message;
  }
  return 'nothing';
}

it.each([
  ['missing', 'median'],
  ['missingTarget', 'keep'],
  ['scale', 'minmax'],
  ['dates', 'part'],
  ['task', 'classification'],
  ['unseen', 'unsen'],
  ['decimal', ';'],
  ['naValues', 'n/a'],
  ['ignore', 'a'],
  ['features', ['a', 1]],
  ['target', 5],
  ['hashBuckets', 1.5],
  ['numberBins', 1],
  ['missingIndicator', 'yes'],
  ['clipPredictions', 1],
  ['reduction', 'average'],
  ['initScheme', 'xavier'],
  ['update', 'shard'],
  ['walk', 'blocks'],
  ['exchange', 'slice'],
  ['backend', 'gpu'],
  ['ranks', 2],
  ['shuffle', 'no'],
  ['dropLast', 'yes'],
  ['activation', 'rely'],
  ['checkpoint', { every: 1, unit: 'minutes' }],
])('refuses %s: %j in fit', async (key, value) => {
  expect(await refusal(() => fitRows(ROWS, { ...OPTIONS, [key]: value }))).toMatch(
    new RegExp(`^${key}: expected`),
  );
});

it.each([
  ['huberDelta', { huberDelta: 2 }, /^huberDelta needs loss: "huber"; got sse/],
  ['quantile', { loss: 'huber', quantile: 0.9 }, /^quantile needs loss: "quantile"; got huber/],
] as const)('refuses %s with another loss', async (_, options, message) => {
  const rows = ROWS.map(({ a, b }) => ({ a, y: a + b / 2 }));
  expect(
    await refusal(() => fitRows(rows, { ...OPTIONS, target: 'y', task: 'regression', ...options })),
  ).toMatch(message);
});

it('refuses seeds of which two members of an ensemble would have the same', async () => {
  const seed = Number.MAX_SAFE_INTEGER;
  expect(await refusal(() => fitRows(ROWS, { ...OPTIONS, ensemble: 2, seed }))).toMatch(
    new RegExp(`^seed: expected at most ${seed - 1}`),
  );
});

it('refuses a word of another spelling in loadData', async () => {
  const message = await refusal(() =>
    loadData('synthetic:rows=20,features=2', { missing: 'median' } as never),
  );
  expect(message).toMatch(/^missing: expected error, mean, zero, drop, got median/);
});

it('refuses an unknown activation in networkFor', () => {
  expect(() => networkFor([2, 3, 1], 'rely' as never, 'binary')).toThrow(/activation: expected identity/);
});

describe('a fitted model', async () => {
  const model: TrainedModel = await fitRows({ x: X, y: Y }, OPTIONS);

  it.each<[string, () => unknown, RegExp]>([
    [
      'an unknown option of predict',
      () => model.predict(X, { unsen: 'ignore' } as never),
      /unsen is not an option/,
    ],
    [
      'an unknown word of predict',
      () => model.predict(X, { unseen: 'skip' } as never),
      /unseen: expected error/,
    ],
    [
      'an unknown option of evaluate',
      () => model.evaluate({ x: X, y: Y }, { worker: 1 } as never),
      /worker is not/,
    ],
    [
      'an unknown backend of evaluate',
      () => model.evaluate({ x: X, y: Y }, { backend: 'gpu' as never }),
      /backend:/,
    ],
    [
      'weights beside a column of weights',
      () => model.evaluate({ x: X, y: Y, weights: WEIGHTS }, { weightColumn: 'w' }),
      /weightColumn: expected none/,
    ],
    ['no rows', () => model.evaluate(undefined as never), /rows: expected rows of objects.*got undefined/],
  ])('refuses %s', async (_, made, message) => {
    expect(await refusal(made)).toMatch(message);
  });

  it('is judged with the weights of { x, y, weights } and with a column of weights', async () => {
    const plain = await model.evaluate({ x: X, y: Y });
    const weighed = await model.evaluate({ x: X, y: Y, weights: WEIGHTS });
    const objects = ROWS.map(({ a, b, y }, i) => ({ x1: a, x2: b, y, w: WEIGHTS[i]! }));
    const repeated = objects.flatMap(row => Array.from({ length: row.w }, () => row));
    expect(weighed.loss).not.toBe(plain.loss);
    expect((await model.evaluate(objects, { weightColumn: 'w' })).loss).toBe(weighed.loss);
    expect((await model.evaluate(repeated)).loss).toBeCloseTo(weighed.loss, 6);
    expect((await model.evaluate(repeated)).accuracy).toBeCloseTo(weighed.accuracy!, 12);
  });
});

it('weighs the validation rows of fit if they have weights', async () => {
  const lossWith = async (weights?: number[]) => {
    const validation = { x: X, y: Y, ...(weights && { weights }) };
    return (await fitRows({ x: X, y: Y }, { ...OPTIONS, validation })).result.validation!.loss;
  };
  const ones = ROWS.map(() => 1);
  expect(await lossWith(ones)).toBe(await lossWith());
  expect(await lossWith(WEIGHTS)).not.toBe(await lossWith());
});

it('refuses validation rows without weights if the others have some', async () => {
  const rows = { x: X, y: Y, weights: WEIGHTS };
  const message = await refusal(() => fitRows(rows, { ...OPTIONS, validation: { x: X, y: Y } }));
  expect(message).toBe('validation: expected weights, as the rows that are fitted have some.');
});

it.each<[string, unknown, RegExp]>([
  ['a path', 'train.csv', /rows: expected rows of objects, a Dataset, or { x, y }, got string/],
  ['nothing', undefined, /got undefined/],
  ['a number', 5, /got number/],
  ['a row that is null', { x: [[1, 2], null], y: [1, 2] }, /x, row 2: expected an array of cells.*got null/],
  [
    'a row that is a text',
    { x: [[1, 2], 'ab'], y: [1, 2] },
    /x, row 2: expected an array of cells.*got string/,
  ],
  ['targets that are a text', { x: [[1], [2]], y: 'ab' }, /y: expected an array.*got string/],
  [
    'weights that are a number',
    { x: [[1], [2]], y: [1, 2], weights: 3 },
    /weights: expected an array.*got number/,
  ],
])('refuses %s for rows', async (_, rows, message) => {
  expect(await refusal(() => fitRows(rows as never, OPTIONS))).toMatch(message);
});

describe('a Dataset of a program', () => {
  const dataset = (changed: Partial<Dataset> = {}, encoding: Partial<Dataset['encoding']> = {}): Dataset => ({
    source: 'mine',
    task: 'binary',
    rows: ROWS.length,
    features: 2,
    outputs: 1,
    x: arrayRows(Float32Array.from(X.flat()), 2),
    scale: 1,
    y: Float32Array.from(Y, y => (y === 'up' ? 1 : 0)),
    encoding: { kind: 'table', columns: [], targets: ['y'], classes: [], targetScales: [], ...encoding },
    ...changed,
  });

  it('has numbers for names of its classes if it has none', async () => {
    const model = await fitRows(dataset(), OPTIONS);
    expect(model.classes).toEqual(['0', '1']);
    expect(new Set(['0', '1', ...model.predict(X)]).size).toBe(2);
    const { own, accuracy } = await model.evaluate(dataset(), {
      own: { right: (truth, predicted) => truth.filter((label, i) => label === predicted[i]).length },
    });
    expect(own!.right! / ROWS.length).toBeCloseTo(accuracy!, 12);
    const y = Float32Array.from(Y.flatMap((label, i) => [label === 'up' ? 1 : 0, i % 2]));
    const labels = await fitRows(
      dataset({ task: 'multilabel', outputs: 2, y }, { targets: ['a', 'b'] }),
      OPTIONS,
    );
    expect(['0', '1']).toContain((labels.predict([[1, 2]])[0] as string[])[1]);
  });

  it.each(['scale', 'missing', 'target', 'features', 'ignore', 'dates', 'weightColumn', 'unseen'])(
    'refuses %s, as it is encoded already',
    async key => {
      const values: Record<string, unknown> = {
        scale: 'none',
        missing: 'mean',
        dates: 'parts',
        unseen: 'ignore',
      };
      const value = values[key] ?? (key === 'weightColumn' ? 'a' : ['a']);
      const message = await refusal(() => fitRows(dataset(), { ...OPTIONS, [key]: value }));
      expect(message).toMatch(new RegExp(`^${key}: expected nothing, as the rows are a Dataset`));
    },
  );

  it('refuses options of reading in evaluate', async () => {
    const model = await fitRows(dataset(), { ...OPTIONS, seed: 2 });
    expect(await refusal(() => model.evaluate(dataset(), { unseen: 'ignore' }))).toMatch(
      /unseen: expected nothing/,
    );
  });

  it('refuses a factor of x that its model would not know', async () => {
    const x = arrayRows(Uint8Array.from(X.flat()), 2);
    const message = await refusal(() => fitRows(dataset({ x, scale: 1 / 255 }), OPTIONS));
    expect(message).toMatch(/^mine: expected scale 1 of a table, got 0.0039/);
    const images = await fitRows(dataset({ x, scale: 1 / 255 }, { kind: 'pixels' }), OPTIONS);
    const { predictions } = await images.evaluate(dataset({ x, scale: 1 / 255 }, { kind: 'pixels' }));
    expect(images.predictProbabilities(X).map(([, p]) => p)).toEqual([...predictions]);
  });
});
