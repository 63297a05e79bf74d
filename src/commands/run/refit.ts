/**
 * The second training of --refit, on the training and the validation rows. It is not checkpointed: a run that is
 * interrupted in it is resumed at the end of the first, and trains again from the start, to the same bits.
 */
import { dirname } from 'node:path';
import { counted } from '../../report/format.js';
import { TrainProgress } from '../../report/progress.js';
import { chooseModel } from '../../train/model-choice.js';
import { planRefit, refit } from '../../train/refit.js';
import type { TrainResult } from '../../train/reports.js';
import { say } from '../line/print.js';
import { modelChoiceOf } from '../settings/model-choice.js';
import { trainOptions } from '../settings/train-options.js';
import { type Job, type Prepared, seededSettings } from './job.js';
import type { Recorder } from './recorder.js';

/** Trains on all rows for as many epochs as the model of the first training had. */
export async function trainAgain(
  first: TrainResult,
  recorder: Recorder,
  { settings: asked, part, network, data, validation, run }: Job & Prepared,
  signal: AbortSignal,
): Promise<TrainResult> {
  // If anything goes wrong from here on, the model of the first training is there.
  await recorder.keepBest();
  const settings = seededSettings({ settings: asked, part });
  const { epoch: epochs } = chooseModel(first, modelChoiceOf(settings));
  const optionsFor = async (rows: Prepared['data']) => ({
    ...(await trainOptions(network, rows, settings, signal)),
    stallSeconds: settings.stallTimeout,
    hangFolder: settings.save ? dirname(run) : '.',
  });
  const plan = await planRefit({ train: data, validation: validation! }, epochs, optionsFor);
  // Members show no progress of this.
  const quiet = settings.quiet || part?.kind === 'member';
  if (!quiet) say(`training again on all ${counted(plan.data.rows, 'row')}, for ${counted(epochs, 'epoch')}`);
  const progress = new TrainProgress(epochs, quiet ? null : process.stderr);
  let result!: TrainResult;
  try {
    for await (const report of refit(network, plan)) {
      if (report.type === 'end') result = report.result;
      progress.show(report);
    }
  } finally {
    progress.stop();
  }
  return result;
}
