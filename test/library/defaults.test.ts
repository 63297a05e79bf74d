/** fit without options trains as `lockstep train` does on a file of the same rows. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FitOptions, fit as fitRows, hashWeights, type TrainedModel } from '../../src/index.js';
import { Random } from '../../src/random.js';
import { makeFolder, runInside } from '../cli/lockstep.js';

const folder = makeFolder();
const random = new Random(11, 'probe');

const ROWS = Array.from({ length: 260 }, (_, i) => {
  const [a, b] = [random.normal(3 * i), random.normal(3 * i + 1)];
  const town = ['Ulm', 'Bonn', 'Köln'][i % 3]!;
  return { a, b, town, kind: a + b > 0 ? 'large' : 'small', price: 3 * a - b + random.normal(3 * i + 2) };
});
const FOR_CLASSES = ROWS.map(({ price: _, ...row }) => row);
const FOR_NUMBERS = ROWS.map(({ kind: _, ...row }) => row);

/** The hash of the weights that the command line trains. */
async function hashOfFile(rows: readonly object[], words: readonly string[]): Promise<string> {
  const path = join(folder, 'rows.csv');
  const lines = [Object.keys(rows[0]!), ...rows.map(row => Object.values(row))];
  writeFileSync(path, lines.map(line => `${line.join(',')}\n`).join(''));
  const { code, stdout, stderr } = await runInside([
    'train',
    path,
    ...words,
    '--no-save',
    '--json',
    '--quiet',
  ]);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout).weightsSha256;
}

const hashOf = ({ network, weights }: TrainedModel) => hashWeights(network, weights);

describe('fit without options but the target', () => {
  it.each([
    ['classes', 'kind', FOR_CLASSES],
    ['three classes', 'town', FOR_CLASSES],
    ['numbers', 'price', FOR_NUMBERS],
    ['too few rows for the recipe', 'kind', FOR_CLASSES.slice(0, 249)],
  ] as const)('has the weights of the command line for %s', async (_, target, rows) => {
    const model = await fitRows(rows, { target });
    expect(hashOf(model)).toBe(await hashOfFile(rows, ['--target', target]));
  });
});

describe('fit with options', () => {
  const SHORT = ['--target', 'kind', '--epochs', '3'];
  it.each<[FitOptions, string[]]>([
    [{ validation: 0 }, ['--validation', '0']],
    [{ validation: null }, ['--validation', '0']],
    [{ preset: 'none' }, ['--preset', 'none']],
    [{ learningRate: 0.01 }, ['--lr', '0.01']],
    [{ optimizer: 'adam', preset: 'tabular' }, ['--optimizer', 'adam', '--preset', 'tabular']],
    [{ optimizer: 'sgd', preset: 'tabular' }, ['--optimizer', 'sgd', '--preset', 'tabular']],
    [{ scale: 'standard', hidden: [6] }, ['--scale', 'standard', '--hidden', '6']],
    [{ keepEpoch: 'last' }, ['--keep-epoch', 'last']],
  ])('has the weights of the command line with %j', async (options, words) => {
    const model = await fitRows(FOR_CLASSES, { target: 'kind', epochs: 3, ...options });
    expect(hashOf(model)).toBe(await hashOfFile(FOR_CLASSES, [...SHORT, ...words]));
  });

  it('keeps the last epoch if asked', async () => {
    const options = { target: 'price', epochs: 60, learningRate: 0.1 } as const;
    const { result, weights } = await fitRows(FOR_NUMBERS, { ...options, keepEpoch: 'last' });
    expect(result.state.best!.epoch).toBeLessThan(60);
    expect(weights).toEqual(result.weights);
  });

  it.each<[object, RegExp]>([
    [{ preset: 'table' }, /preset: expected auto, none, tabular, got table/],
    [{ keepEpoch: 'first' }, /keepEpoch: expected best, last, got first/],
    [
      { preset: 'tabular', targetIsInput: true, target: undefined },
      /preset: "tabular" is for tables with a target/,
    ],
  ])('refuses %j', async (options, message) => {
    await expect(fitRows(FOR_NUMBERS, { target: 'price', ...options } as never)).rejects.toThrow(message);
  });
});
