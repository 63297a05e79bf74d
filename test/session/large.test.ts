/** Rows of more than 2 GiB. Rows of weight 0 are never written, so that the test needs little memory. */
import { expect, it } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import { arrayRows, readInputs } from '../../src/data/rows.js';
import type { Network } from '../../src/model/network.js';
import { computeGradient } from '../../src/train/jobs/gradient.js';
import { randomDataset } from '../datasets.js';

const FEATURES = 16_384;
const network: Network = { layers: [FEATURES, 3], hidden: [], output: 'softmax', loss: 'cross-entropy' };
const MACHINE = { workers: 2, shards: 4, backend: 'wasm', blas: null, reduction: 'sum' } as const;
/** 2.1 GiB. */
const ROWS = 34_000;
const FEW = 4;

/** Rows of zeros with weight 0, followed by a few others. */
function behindZeros(few: Dataset): Dataset {
  const first = ROWS - FEW;
  const inputs = readInputs(few);
  const weights = new Float32Array(ROWS).fill(1, first);
  const y = new Int32Array(ROWS);
  y.set(few.y, first);
  return {
    ...few,
    ...{ rows: ROWS, y, weights },
    x: {
      ...{ count: ROWS, width: FEATURES, type: 'f32' },
      // The arena already contains zeros.
      write(into, from, to) {
        for (let row = Math.max(from, first); row < to; row++) {
          const at = (row - first) * FEATURES;
          into.set(inputs.subarray(at, at + FEATURES), (row - from) * FEATURES);
        }
      },
    },
  };
}

it('gives rows after the first 2 GiB the same gradient as without the others', async () => {
  const few = randomDataset(network, FEW);
  const weights = new Float32Array(3 * (FEATURES + 1)).map((_, i) => Math.sin(i) / 100);
  const alone = await computeGradient(network, weights, few, MACHINE);
  const behind = await computeGradient(network, weights, behindZeros(few), MACHINE);
  expect(behind.loss / alone.loss).toBeCloseTo(1, 5);
  const apart = behind.gradE.map((g, i) => Math.abs(g - alone.gradE[i]!));
  expect(Math.max(...apart.subarray(0, 3))).toBeLessThan(1e-5);
  expect(apart.every(difference => difference < 1e-4)).toBe(true);
});

it('refuses rows of more than 4 GiB before one is written', async () => {
  const few = randomDataset(network, FEW);
  const written: number[] = [];
  const data: Dataset = {
    ...few,
    ...{ rows: 70_000, y: new Int32Array(70_000) },
    x: {
      ...arrayRows(new Float32Array(0), FEATURES),
      count: 70_000,
      write: (_, from) => written.push(from),
    },
  };
  await expect(computeGradient(network, new Float32Array(3 * (FEATURES + 1)), data, MACHINE)).rejects.toThrow(
    /the job takes 4\.\d\d GiB, and at most 4\.00 GiB fit \(data 4\.27 GiB/,
  );
  expect(written).toEqual([]);
});
