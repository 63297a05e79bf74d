import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Recorder } from '../../src/commands/recorder.js';
import { defaults } from '../../src/config/settings.js';
import type { Network } from '../../src/model/network.js';
import { fingerprintData } from '../../src/store/fingerprint.js';
import type { StartReport } from '../../src/train/reports.js';
import { randomDataset } from '../datasets.js';

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

it('notes in config.json how many workers were chosen, beside those that the run and its process began with', async () => {
  const run = mkdtempSync(join(tmpdir(), 'lockstep-recorder-'));
  try {
    const data = randomDataset(NETWORK, 10);
    const before = { fromStep: 0, workers: 8, workersChosen: 8 };
    const recorder = new Recorder({
      ...{
        run,
        state: null,
        fold: null,
        source: 'a.csv',
        folder: run,
        settings: defaults(),
        network: NETWORK,
        data,
      },
      ...{
        validation: null,
        fingerprint: fingerprintData(data, null),
        learningRate: 0.1,
        sessions: [before],
      },
    });
    const config = () => JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'));

    await recorder.keep(START);
    const begun = config();
    expect(begun).toMatchObject({ workers: 4, workersChosen: null, options: { workers: 'auto' } });
    expect(begun.sessions).toMatchObject([before, { workers: 4, workersChosen: null }]);

    await recorder.keep({ type: 'workers', workers: 2, measured: [] });
    const sessions = [before, { ...begun.sessions[1], workersChosen: 2 }];
    expect(config()).toEqual({ ...begun, workersChosen: 2, sessions });
  } finally {
    rmSync(run, { recursive: true });
  }
});
