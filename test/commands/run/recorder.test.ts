import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Fold } from '../../../src/commands/run/job.js';
import { moveRecord } from '../../../src/commands/run/recorded-files.js';
import { Recorder } from '../../../src/commands/run/recorder.js';
import { defaults } from '../../../src/config/settings.js';
import type { Network } from '../../../src/model/network.js';
import { fingerprintData } from '../../../src/store/fingerprint.js';
import type { StartReport } from '../../../src/train/reports.js';
import { randomDataset } from '../../datasets.js';

const NETWORK: Network = { layers: [3, 2], hidden: [], output: 'softmax', loss: 'cross-entropy' };
const START: StartReport = {
  ...{ type: 'start', workers: 4, shards: 4, microBatch: 2, backend: 'wasm', description: 'wasm' },
  ...{
    notice: null,
    parameters: 8,
    rows: 10,
    batchSize: 5,
    largestBatch: 4,
    totalSteps: 8,
    totalSamples: 16,
    stepsPerEpoch: 2,
    memoryBytes: 4096,
  },
};

const folder = mkdtempSync(join(tmpdir(), 'lockstep-recorder-'));
afterAll(() => rmSync(folder, { recursive: true }));

const BEFORE = { fromStep: 0, workers: 8, workersChosen: 8 };

function recorderIn(run: string, part: Fold | null): Recorder {
  const data = randomDataset(NETWORK, 10);
  return new Recorder({
    ...{ run, state: null, part, source: 'a.csv', settings: defaults(), network: NETWORK, data },
    ...{ validation: null, fingerprint: fingerprintData(data, null), learningRate: 0.1, sessions: [BEFORE] },
  });
}

const configOf = (run: string) => JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'));

it('records in config.json how many workers were chosen, and with how many the run and the session started', async () => {
  const recorder = recorderIn(folder, null);
  await recorder.keep(START);
  const begun = configOf(folder);
  expect(begun).toMatchObject({ workers: 4, workersChosen: null, options: { workers: 'auto' } });
  expect(begun.sessions).toMatchObject([BEFORE, { workers: 4, workersChosen: null }]);

  await recorder.keep({ type: 'workers', workers: 2, measured: [] });
  const sessions = [BEFORE, { ...begun.sessions[1], workersChosen: 2 }];
  expect(configOf(folder)).toEqual({ ...begun, workersChosen: 2, sessions });
});

it('records the number of a fold, and with the first fold what all have in common', async () => {
  const folds = join(folder, 'folds');
  const run = join(folds, 'fold-1');
  mkdirSync(run, { recursive: true });
  const recorder = recorderIn(run, { kind: 'fold', number: 1, of: 3, run: folds });
  await recorder.keep(START);
  const { fold, ...common } = configOf(run);
  expect(fold).toBe(1);
  const shared = moveRecord(common, run, folds);
  expect(shared).toMatchObject({ begun: folds });
  expect(configOf(folds)).toEqual(shared);

  await recorder.keep({ type: 'workers', workers: 2, measured: [] });
  expect(configOf(run)).toMatchObject({ workersChosen: 2, fold: 1 });
  expect(configOf(folds)).toEqual(shared);
});
