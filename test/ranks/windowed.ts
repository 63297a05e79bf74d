/** Trainings on rows that are read in windows, for the test and its program on several ranks. */
import { createHash } from 'node:crypto';
import { type Dataset, encodedBytes } from '../../src/data/dataset.js';
import { LOAD_DEFAULTS } from '../../src/data/load-options.js';
import { makeSynthetic } from '../../src/data/synthetic.js';
import { Random } from '../../src/random.js';
import { type Identity, keyOf } from '../../src/store/cache/identity.js';
import { readCache } from '../../src/store/cache/read.js';
import { writeCache } from '../../src/store/cache/write.js';
import { fingerprintData } from '../../src/store/fingerprint.js';
import { withDefaults } from '../../src/train/defaults.js';
import { networkFor } from '../../src/train/make-network.js';
import type { TrainOptions } from '../../src/train/options.js';
import { train } from '../../src/train/train.js';

const SEED = 3;
const ROWS = 3001;
const IDENTITY: Identity = {
  ...{ source: 'rows', files: [], storedBy: SEED, options: LOAD_DEFAULTS, version: '1', rules: 1 },
};

/** Rows with weights. */
export function makeRows(): Dataset {
  const data = makeSynthetic('rows', { rows: ROWS, features: 8, classes: 3 }, SEED);
  const random = new Random(1, 'probe');
  return { ...data, weights: Float32Array.from({ length: ROWS }, (_, i) => random.uniform(i)) };
}

/** Blocks of 100 rows, in windows of five or fewer: seven windows. */
function sizesFor(data: Dataset) {
  const bytes = encodedBytes(data);
  return { block: 100 * bytes, window: 500 * bytes, whole: 500 * bytes };
}

export async function writeRows(path: string): Promise<void> {
  const train = makeRows();
  const cached = { train, validation: null, fingerprint: fingerprintData(train, null) };
  await writeCache(path, IDENTITY, cached, { block: sizesFor(train).block });
}

export function readRows(path: string): Dataset {
  return readCache(path, keyOf(IDENTITY)).train;
}

/** What came of a training. */
export interface Outcome {
  bits: string;
  memoryBytes: number;
  windows: number | null;
}

export async function trainRows(data: Dataset, asked: Partial<TrainOptions>): Promise<Outcome> {
  const network = networkFor([data.features, 6, data.outputs], 'tanh', data.task);
  const options = withDefaults(data, network, {
    ...{ epochs: 3, batchSize: 32, seed: SEED, backend: 'wasm', shards: 4, workers: 1 },
    ...{ windowSizes: sizesFor(data), ...asked },
  });
  let outcome: Outcome | null = null;
  for await (const report of train(network, data, null, options)) {
    if (report.type !== 'end') continue;
    const { weights, training, start } = report.result;
    const bits = createHash('sha256').update(weights).update(JSON.stringify(training)).digest('hex');
    outcome = { bits, memoryBytes: start.memoryBytes, windows: start.windows ?? null };
  }
  return outcome!;
}
