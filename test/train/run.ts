/** Running a training to its end in a test. */
import type { Dataset } from '../../src/data/dataset.js';
import type { Network } from '../../src/model/network.js';
import { train } from '../../src/train/train.js';
import type { EpochReport, Report, TrainOptions, TrainResult } from '../../src/train/types.js';
import { trainOptions } from '../datasets.js';

/** All reports of a training, and its result. */
export async function runTraining(
  network: Network,
  data: Dataset,
  options: Partial<TrainOptions>,
  validation: Dataset | null = null,
): Promise<{ reports: Report[]; epochs: EpochReport[]; result: TrainResult }> {
  const reports: Report[] = [];
  const running = train(network, data, validation, trainOptions(options));
  for (;;) {
    const { value, done } = await running.next();
    if (done) return { reports, epochs: reports.filter(report => report.type === 'epoch'), result: value };
    reports.push(value);
  }
}
