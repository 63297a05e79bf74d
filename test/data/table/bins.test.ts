/** Bins of numbers, compared with numpy (scripts/oracles/bins.py). */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadWith } from '../../../src/data/load-with.js';
import { readInputs } from '../../../src/data/rows.js';
import { shareOfBin } from '../../../src/data/table/bins.js';
import { loadTrain, makeFolder, refusal } from '../files.js';

interface Fixture {
  names: string[];
  train: number[][];
  other: number[][];
  edges: number[][];
  trainFeatures: number[][];
  otherFeatures: number[][];
}

const fixture: Fixture = JSON.parse(readFileSync('test/fixtures/bins.json', 'utf8'));
const folder = makeFolder();
const OPTIONS = { numberBins: 4, task: 'regression', target: ['y'] } as const;

function writeTable(name: string, rows: readonly number[][]): string {
  return folder.table(name, [
    [...fixture.names, 'y'],
    ...rows.map((cells, i) => [...cells.map(String), `${i / 3}`]),
  ]);
}

/** One rounding to float32, also of numbers far from those of the training rows. */
function expectFeatures(got: Float32Array, expected: readonly number[][]): void {
  const flat = expected.flat();
  expect(got).toHaveLength(flat.length);
  for (const [i, value] of flat.entries())
    expect(Math.abs(got[i]! - value)).toBeLessThan(2e-7 * Math.max(1, Math.abs(value)));
}

it('finds edges and features as numpy does, in training rows and others', async () => {
  const data = await loadTrain(writeTable('train.csv', fixture.train), { ...OPTIONS, target: ['y'] });
  for (const [j, column] of data.encoding.columns.entries()) {
    const { edges = [] } = column as { edges?: number[] };
    expect(edges).toHaveLength(fixture.edges[j]!.length);
    for (const [k, edge] of edges.entries()) expect(edge).toBeCloseTo(fixture.edges[j]![k]!, 9);
  }
  expectFeatures(readInputs(data), fixture.trainFeatures);
  const other = await loadWith(writeTable('other.csv', fixture.other), data.encoding, data.task, {
    requireTargets: false,
  });
  expectFeatures(readInputs(other), fixture.otherFeatures);
});

it('keeps every share from 0 to 1, whatever the number', () => {
  for (const value of [-Number.MAX_VALUE, -1e30, 2, 2.5, 3, 1e30, Number.MAX_VALUE]) {
    expect(shareOfBin(value, 2, 3)).toBe(Math.min(1, Math.max(0, value - 2)));
  }
});

it('gives a missing cell the bins of its fill, and its indicator the last place', async () => {
  const rows = [[0], [1], [2], [3], [''], [10]].map((cells, i) => [...cells, i]);
  const path = folder.table('gaps.csv', [['a', 'y'], ...rows]);
  const data = await loadTrain(path, {
    ...{ numberBins: 2, task: 'regression', target: ['y'], missing: 'mean', missingIndicator: true },
    ...{ scale: 'robust' },
  });
  expect(data.encoding.columns).toMatchObject([{ fill: 3.2, edges: [0, 2.5, 10], indicator: true }]);
  expect(data.features).toBe(4);
  const inputs = readInputs(data);
  const features = Array.from({ length: 6 }, (_, row) => [...inputs.subarray(4 * row + 1, 4 * row + 4)]);
  expect(features[1]).toEqual([Math.fround(0.4), 0, 0]);
  expect(features[4]).toEqual([1, Math.fround((3.2 - 2.5) / 7.5), 1]);
  expect(features[5]).toEqual([1, 1, 0]);
});

it('leaves booleans as they are', async () => {
  const path = folder.write('flags.csv', 'a,y\ntrue,1\nfalse,2\ntrue,3\n');
  const data = await loadTrain(path, { ...OPTIONS, target: ['y'] });
  expect(data.features).toBe(1);
});

it('is refused for autoencoders, which predict each number once', async () => {
  const path = folder.write('plain.csv', 'a,b\n1,2\n3,4\n');
  const { code, message } = await refusal(loadTrain(path, { numberBins: 4, targetIsInput: true }), folder);
  expect(code).toBe('usage');
  expect(message).toContain("--number-bins 4 can't be combined with --target-is-input");
});
