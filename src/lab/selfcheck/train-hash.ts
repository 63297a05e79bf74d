/** One small training, and the sha256 of all that it came to. */
import { createHash } from 'node:crypto';
import type { MachineOptions, UpdateMode } from '../../session/machine.js';
import type { TrainResult } from '../../train/reports.js';
import { train } from '../../train/train.js';
import { SHARDS, type SmallTraining } from './trainings.js';

/** What changes no bit. */
export interface Setting {
  backend: MachineOptions['backend'];
  workers: number;
  update: UpdateMode;
}

/** Of the weights after the last step, the loss of every step, and what was judged. @throws the errors of `train` */
export async function hashTraining(training: SmallTraining, setting: Setting): Promise<string> {
  const { network, data, validation, options } = training;
  const { shards = SHARDS } = options;
  const workers = Math.min(setting.workers, Number(shards));
  const hash = createHash('sha256');
  let result!: TrainResult;
  for await (const report of train(network, data, validation, { ...options, ...setting, workers })) {
    if (report.type === 'end') result = report.result;
    if (report.type !== 'epoch') continue;
    hash.update(report.stepLosses);
    hash.update(Float64Array.of(report.validation?.loss ?? 0, report.noise?.trace ?? 0));
  }
  hash.update(result.weights);
  return hash.digest('hex');
}
