/** Robust scaling, compared with scikit-learn (scripts/oracles/robust.py). */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadWith } from '../../../src/data/load-with.js';
import { readInputs } from '../../../src/data/rows.js';
import { clipSmoothly } from '../../../src/data/table/clip.js';
import { CLIP } from '../../../src/data/table/robust.js';
import { loadTrain, makeFolder, refusal } from '../files.js';

interface Fixture {
  names: string[];
  train: string[][];
  other: string[][];
  trainFeatures: number[][];
  otherFeatures: number[][];
}

const fixture: Fixture = JSON.parse(readFileSync('test/fixtures/robust.json', 'utf8'));
const folder = makeFolder();
const withTarget = (rows: readonly string[][]) => rows.map((cells, i) => [...cells, `${i / 3}`]);

function writeTable(name: string, rows: readonly string[][]): string {
  return folder.table(name, [[...fixture.names, 'y'], ...withTarget(rows)]);
}

/** Features are float32: one rounding of a value up to 3. */
function expectFeatures(got: Float32Array, expected: readonly number[][]): void {
  const flat = expected.flat();
  expect(got).toHaveLength(flat.length);
  for (const [i, value] of flat.entries()) expect(Math.abs(got[i]! - value)).toBeLessThan(3e-7);
}

it('scales numbers and categories as scikit-learn does, in training rows and others', async () => {
  const options = { scale: 'robust', task: 'regression' } as const;
  const data = await loadTrain(writeTable('train.csv', fixture.train), options);
  expectFeatures(readInputs(data), fixture.trainFeatures);
  const other = await loadWith(writeTable('other.csv', fixture.other), data.encoding, data.task, {
    requireTargets: false,
    unseen: 'ignore',
  });
  expectFeatures(readInputs(other), fixture.otherFeatures);
});

it('never exceeds the limit, whatever the number', () => {
  for (const x of [0, 1e-30, 1, 3, 1e8, 1e10, 1e150, 1e300, Number.MAX_VALUE]) {
    expect(clipSmoothly(x, CLIP)).toBeGreaterThanOrEqual(0);
    expect(clipSmoothly(x, CLIP)).toBeLessThanOrEqual(CLIP);
    expect(clipSmoothly(-x, CLIP)).toBe(-clipSmoothly(x, CLIP));
  }
  expect(clipSmoothly(1e8, CLIP)).toBeCloseTo(CLIP, 12);
});

it('makes one feature of yes and no, and keeps a cell without a value between both', async () => {
  const rows = ['yes,red', 'no,red', 'no,blue', 'no,red', ',red', 'no,blue'];
  const path = folder.write(
    'answers.csv',
    `answer,colour,y\n${rows.map((row, i) => `${row},${i}`).join('\n')}\n`,
  );
  const data = await loadTrain(path, {
    target: ['y'],
    scale: 'robust',
    task: 'regression',
    missing: 'zero',
    categorical: ['answer'],
  });
  expect(data.features).toBe(2);
  const answers = readInputs(data).filter((_, i) => i % 2 === 0);
  expect(answers[4]).toBeGreaterThan(answers[1]!);
  expect(answers[4]).toBeLessThan(answers[0]!);
});

it('is refused for autoencoders, whose outputs have the units of the columns', async () => {
  const path = folder.write('plain.csv', 'a,b\n1,2\n3,4\n');
  const { code, message } = await refusal(loadTrain(path, { scale: 'robust', targetIsInput: true }), folder);
  expect(code).toBe('usage');
  expect(message).toContain("--scale robust can't be combined with --target-is-input");
});
