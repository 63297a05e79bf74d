/** Figures of an epoch during and after it: its loss so far, and the speed of its steps. */
import { describe, expect, it } from 'vitest';
import type { Network } from '../../src/model/network.js';
import type { EpochReport, ProgressReport } from '../../src/train/reports.js';
import { randomDataset } from '../datasets.js';
import { runTraining } from './run.js';

const network: Network = { layers: [30, 300, 3], hidden: ['tanh'], output: 'softmax', loss: 'cross-entropy' };
const BATCH = 10;
const STEPS = 500;
const data = randomDataset(network, STEPS * BATCH);
/** Plain loops are slow enough for progress reports. */
const SLOW = { backend: 'reference', batchSize: BATCH, learningRate: 0.01, shards: 2 } as const;

describe('the loss of a running epoch', () => {
  it.each(['mean', 'sum'] as const)('is the %s over its steps so far', async reduction => {
    const options = { ...SLOW, reduction, learningRate: reduction === 'mean' ? 0.01 : 0.001, epochs: 2 };
    const { reports } = await runTraining(network, data, options);
    const epochs = reports.filter((report): report is EpochReport => report.type === 'epoch');
    const onTheWay = reports.filter((report): report is ProgressReport => report.type === 'progress');
    const told = onTheWay.filter(({ loss }) => loss !== null);
    expect(told.length).toBeGreaterThan(0);
    for (const { epoch, step, loss } of onTheWay) {
      const done = epochs[epoch - 1]!.stepLosses.subarray(0, step - STEPS * (epoch - 1));
      const sum = done.reduce((total, value) => total + value, 0);
      if (done.length === 0) expect(loss).toBeNull();
      else expect(loss).toBeCloseTo(reduction === 'mean' ? sum / done.length : sum, 10);
    }
  });
});

describe('samples per second of an epoch', () => {
  const rowsAndRates = (epochs: readonly EpochReport[], before: Pick<EpochReport, 'samples' | 'seconds'>) =>
    epochs.map(({ samples, seconds, samplesPerSecond }, i) => {
      const last = epochs[i - 1] ?? before;
      return [samples - last.samples, samplesPerSecond * (seconds - last.seconds)] as const;
    });

  it('count its own steps, and those of the training all steps', async () => {
    const { epochs, result } = await runTraining(network, data, { ...SLOW, epochs: 3 });
    for (const [rows, counted] of rowsAndRates(epochs, { samples: 0, seconds: 0 })) {
      expect(counted).toBeCloseTo(rows, 6);
    }
    expect(result.samplesPerSecond * result.seconds).toBeCloseTo(3 * data.rows, 6);
  });

  it('count the steps since it was resumed', async () => {
    const { result } = await runTraining(network, data, { ...SLOW, epochs: 3, steps: 527 });
    const { state } = result;
    const { epochs } = await runTraining(network, data, { ...SLOW, epochs: 3, resume: state });
    const before = { samples: state.samples, seconds: state.milliseconds / 1000 };
    expect(state.samples).toBe(527 * BATCH);
    for (const [rows, counted] of rowsAndRates(epochs, before)) expect(counted).toBeCloseTo(rows, 6);
  });
});
