/** The end of a training: writes its model and, unless it was interrupted, its summary. */
import type { Settings } from '../../config/options.js';
import { baselineOf } from '../../judge/baseline.js';
import type { Judgement } from '../../model/judgement.js';
import { baselineData, baselineText } from '../../report/baseline.js';
import { summaryData, summaryText } from '../../report/summary.js';
import type { Plain } from '../../store/run-files.js';
import { hashWeights } from '../../store/weights.js';
import { chooseModel } from '../../train/model-choice.js';
import type { TrainOptions } from '../../train/options.js';
import type { TrainResult } from '../../train/reports.js';
import { modelChoiceOf } from '../settings/model-choice.js';
import { targetData } from '../settings/target.js';
import { finalFigures } from './final-figures.js';
import type { Prepared } from './job.js';
import type { Recorder } from './recorder.js';

interface Conclusion {
  /** The object of --json. */
  summary: Plain;
  /** The same for people. */
  text: string;
  /** Warning that the model is no better than the baseline; null if it is better, or if that is not known. */
  warning: string | null;
}

/** Writes the model and, unless the training was interrupted, the summary. */
export async function conclude(
  result: TrainResult,
  recorder: Recorder,
  prepared: Prepared & { options: TrainOptions; settings: Settings; refitted: TrainResult | null },
): Promise<Conclusion> {
  const { network, validation, options, settings, refitted } = prepared;
  const chosen = chooseModel(result, modelChoiceOf(settings));
  const { weights, epoch, training } = chosen;
  // The figures stay those of the first training: the second has learnt from the validation rows.
  const kept = refitted?.weights ?? weights;
  const model = await recorder.writeModel({ ...chosen, weights: kept }, result.state);
  const isOver = !['aborted', 'time'].includes(result.stopped);
  // The monitored metric is among them.
  const judging = { ...options, metrics: Object.keys(chosen.validation?.metrics ?? {}) };
  const final = isOver ? await finalFigures({ network, weights }, validation, judging) : null;
  const judged = final?.validation ?? chosen.validation;
  const weightsSha256 = hashWeights(network, kept);
  const place = { model, weightsSha256, epoch, training, validation: judged, refit: refitted };
  const compared = result.stopped === 'aborted' ? null : compareModel(judged, result.training, prepared);
  const summary = {
    ...summaryData(result, place),
    ...targetData(result, options),
    ...(compared && { baseline: compared.baseline }),
  };
  if (final) await recorder.finish({ ...summary, ...final.detail }, final.pictures);
  return {
    summary,
    text: summaryText(result, settings.save ? place : { ...place, model: 'not kept' }),
    warning: compared?.warning ?? null,
  };
}

/**
 * Compares the model with the baseline, on the validation rows, or on the training rows if there are none. With class
 * weights there is no comparison, because they give up accuracy on purpose, nor of quantiles, which are no means.
 */
export function compareModel(
  judged: Judgement | null,
  training: Judgement,
  { network, data, validation, options }: Omit<Prepared, 'fingerprint'> & { options: TrainOptions },
) {
  if (options.classWeights || network.loss === 'quantile' || (validation && !judged)) return null;
  const figures = judged ?? training;
  const baseline = baselineOf(data, validation ?? data);
  const compared = { figures, isValidation: judged !== null, training, hasHidden: network.hidden.length > 0 };
  return { baseline: baselineData(baseline, figures), warning: baselineText(baseline, compared) };
}
