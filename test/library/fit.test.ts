/** fit, predict, save and load on rows of a program; and that they give the bits of the command line. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadWith } from '../../src/data/load-with.js';
import {
  evaluate,
  type FitRows,
  fit as fitRows,
  LockstepError,
  load,
  type TrainedModel,
} from '../../src/index.js';
import { Random } from '../../src/random.js';
import { hashWeights } from '../../src/store/weights.js';
import { makeFolder, runInside } from '../cli/lockstep.js';

const folder = makeFolder();
const random = new Random(4, 'probe');
const COLOURS = ['red', 'green', 'blue'];

/** Rows with numbers, texts, booleans, missing cells and whole numbers beside fractions. */
const ROWS = Array.from({ length: 90 }, (_, i) => {
  const size = 10 * random.normal(2 * i);
  const colour = COLOURS[random.word(2 * i + 1) % 3]!;
  return {
    size: i % 9 === 0 ? null : size,
    count: i % 7,
    colour,
    fresh: i % 2 === 0,
    kind: size > 0 ? 'large' : 'small',
  };
});
const WITHOUT_KIND = ROWS.map(({ kind: _, ...row }) => row);
const OPTIONS = { target: 'kind', missing: 'mean', hidden: [8], epochs: 5, workers: 1 } as const;

describe('a model of objects', () => {
  let model: TrainedModel;

  it('is the model of the same rows in a file', async () => {
    model = await fitRows(ROWS, OPTIONS);
    const cell = (value: unknown) => (value === null ? '' : String(value));
    const lines = [Object.keys(ROWS[0]!), ...ROWS.map(row => Object.values(row).map(cell))];
    const path = join(folder, 'rows.csv');
    writeFileSync(path, lines.map(line => `${line.join(',')}\n`).join(''));
    const run = join(folder, 'run');
    const words = [
      '--target',
      'kind',
      '--missing',
      'mean',
      '--hidden',
      '8',
      '--epochs',
      '5',
      '--workers',
      '1',
    ];
    const { code, stdout } = await runInside(['train', path, ...words, '--out', run, '--json', '--quiet']);
    expect(code).toBe(0);
    expect(hashWeights(model.network, model.weights)).toBe(JSON.parse(stdout).weightsSha256);
    expect(model.encoding.columns).toEqual((await load(join(run, 'model.safetensors'))).encoding.columns);
  });

  it('predicts with the bits of the pool, however many rows there are at once', async () => {
    const data = await loadWith(join(folder, 'rows.csv'), model.encoding, model.task, {
      requireTargets: false,
    });
    const { predictions } = await evaluate(model.network, model.weights, data, { workers: 2 });
    const all = model.predictProbabilities(WITHOUT_KIND).map(([, second]) => second);
    expect(all).toEqual([...predictions]);
    expect(WITHOUT_KIND.map(row => model.predictProbabilities([row])[0]![1])).toEqual(all);
    expect(model.predict(WITHOUT_KIND)).toEqual(all.map(p => model.classes[p! > 0.5 ? 1 : 0]));
  });

  it('is the same after it was saved and loaded', async () => {
    const path = join(folder, 'model.safetensors');
    await model.save(path);
    const loaded = await load(path);
    expect(loaded.predictProbabilities(ROWS)).toEqual(model.predictProbabilities(ROWS));
    expect(loaded.inputs).toEqual(['size', 'count', 'colour', 'fresh']);
  });

  it('says why its predictions are slower than they could be', async () => {
    const variable = 'LOCKSTEP_INSTRUCTION_SET';
    const before = process.env[variable];
    // Of another architecture, so that there is no machine code.
    process.env[variable] = process.arch === 'x64' ? 'NEON' : 'AVX2';
    try {
      const loaded = await load(join(folder, 'model.safetensors'));
      expect(loaded.notice).toMatch(/^no machine code .*: using wasm/);
    } finally {
      if (before === undefined) delete process.env[variable];
      else process.env[variable] = before;
    }
  });

  it('is judged on rows, with figures of its own', async () => {
    const right = (truth: readonly unknown[], predicted: readonly unknown[]) =>
      truth.filter((label, i) => label === predicted[i]).length;
    const { accuracy, own } = await model.evaluate(ROWS, { own: { right } });
    const predicted = model.predict(ROWS);
    expect(own!.right).toBe(ROWS.filter(({ kind }, i) => kind === predicted[i]).length);
    expect(accuracy).toBeCloseTo(own!.right! / ROWS.length, 12);
  });

  it.each<[string, unknown, RegExp]>([
    ['a missing column', [{ size: 1 }], /row 1, expected a cell for column "count", got none/],
    ['an unseen text', [{ ...WITHOUT_KIND[0], colour: 'grey' }], /row 1, column "colour": .*got "grey"/],
    ['too few cells', [[1, 2]], /row 1: expected an object, or 4 cells, got 2 cells/],
    ['a row that is not in an array', WITHOUT_KIND[0], /expected an array of rows/],
    ['numbers that make no rows', new Float32Array(5), /expected a multiple of 4 numbers, got 5/],
  ])('refuses %s', (_, rows, message) => {
    expect(() => model.predict(rows as never)).toThrow(message);
  });

  it('takes an unseen text for no value if asked', () => {
    const row = { ...WITHOUT_KIND[1]!, colour: 'grey' };
    expect(model.predict([row], { unseen: 'ignore' })).toHaveLength(1);
  });
});

describe('a model of arrays', () => {
  const x = Float32Array.from({ length: 200 }, (_, i) => random.normal(1000 + i));
  const y = Array.from({ length: 100 }, (_, i) => 3 * x[2 * i]! - x[2 * i + 1]! + 5);

  it('fits numbers, and takes them in every form', async () => {
    const model = await fitRows({ x, y }, { hidden: [], epochs: 60, learningRate: 0.1, workers: 1 });
    expect(model.inputs).toEqual(['x1', 'x2']);
    const [value] = model.predict([[1, 2]]);
    expect(value).toBeCloseTo(6, 3);
    expect(model.predict(Float64Array.of(1, 2, 1, 2))).toEqual([value, value]);
    expect(model.predict([{ x1: 1, x2: 2 }])).toEqual([value]);
    expect((await model.evaluate({ x, y })).rmse).toBeLessThan(0.01);
    expect(() => model.predictProbabilities([[1, 2]])).toThrow('predictProbabilities is for classes');
  });

  it('keeps the order of columns that hold nothing to learn', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => [i, 1, i % 5]);
    const model = await fitRows(
      { x: rows, y: rows.map(([a]) => 2 * a!) },
      { task: 'regression', epochs: 1, workers: 1 },
    );
    expect(model.inputs).toEqual(['x1', 'x2', 'x3']);
  });

  it('fits several targets and several labels', async () => {
    const two = await fitRows(
      { x, y: y.map(v => [v, 2 * v]) },
      { epochs: 1, workers: 1, task: 'regression' },
    );
    expect(two.predict([[1, 2]])[0]).toHaveLength(2);
    const labels = await fitRows(
      { x, y: y.map(v => [v > 5 ? 'up' : 'down', v > 9]) },
      { epochs: 1, workers: 1 },
    );
    expect(labels.task).toBe('multilabel');
    const [row] = labels.predict([[9, -9]]) as [string[]];
    expect(['down', 'up']).toContain(row[0]);
    expect(['false', 'true']).toContain(row[1]);
  });

  it('keeps the epoch that is best on the validation rows', async () => {
    const model = await fitRows({ x, y }, { epochs: 8, validation: 0.3, workers: 1, learningRate: 0.3 });
    expect(model.weights).toEqual(model.result.state.best!.weights);
    const other = await fitRows(
      { x, y },
      { epochs: 2, validation: { x: x.slice(0, 20), y: y.slice(0, 10) }, workers: 1 },
    );
    expect(other.result.validation!.rmse).toBeGreaterThan(0);
  });

  it('reports epochs, and ends with the reason of its signal', async () => {
    const epochs: number[] = [];
    await fitRows({ x, y }, { epochs: 3, workers: 1 }, { onEpoch: ({ epoch }) => epochs.push(epoch) });
    expect(epochs).toEqual([1, 2, 3]);
    const controller = new AbortController();
    const reason = new Error('enough');
    const endless = fitRows(
      { x, y },
      { epochs: 1e6, workers: 1 },
      { signal: controller.signal, onEpoch: () => controller.abort(reason) },
    );
    await expect(endless).rejects.toBe(reason);
  });
});

it.each<[string, unknown, object, RegExp]>([
  ['no rows', [], {}, /rows: expected rows, got none/],
  [
    'arrays in place of objects',
    [[1, 2]],
    {},
    /row 1: expected an object with a cell for each column, got an array/,
  ],
  ['other lengths', { x: [[1], [2]], y: [1] }, {}, /as many rows in x as in y, got 2 and 1/],
  [
    'ragged rows',
    { x: [[1, 2], [3]], y: [1, 2] },
    {},
    /x, row 2: expected 2 cells, as in the first row, got 1/,
  ],
  ['an object for a cell', [{ a: {}, y: 1 }], {}, /row 1, column "a": expected a number, text/],
  ['one class', { x: [[1], [2]], y: ['a', 'a'] }, {}, /only one class, "a"/],
  ['x alone', { x: [[1]] }, {}, /an object without y/],
  ['an unknown option', ROWS, { lerningRate: 1 }, /lerningRate is not an option of fit/],
  ['a signal among the options', ROWS, { signal: null }, /signal is not an option of fit/],
  [
    'an option out of range',
    ROWS,
    { ...OPTIONS, learningRate: -1 },
    /learningRate: expected a number above 0/,
  ],
  ['an unknown optimizer', ROWS, { ...OPTIONS, optimizer: 'magic' }, /optimizer: expected sgd.*got magic/],
  ['an unknown target', ROWS, { ...OPTIONS, target: 'kinds' }, /rows has no column "kinds"/],
  ['a query', ROWS, { ...OPTIONS, query: 'SELECT 1' }, /query is not an option of fit/],
  [
    'a share of everything',
    ROWS,
    { ...OPTIONS, validation: 1 },
    /validation: expected rows, or a share from 0/,
  ],
  ['a loss of another task', ROWS, { ...OPTIONS, loss: 'huber' }, /loss: expected binary-cross-entropy/],
])('refuses %s', async (_, rows, options, message) => {
  const fitting = fitRows(rows as FitRows, options as never);
  await expect(fitting).rejects.toThrow(message);
  await expect(fitting).rejects.toBeInstanceOf(LockstepError);
});
