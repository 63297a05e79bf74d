/**
 * One training of a batch study, in the process that it runs in: steps with one learning rate until the target is
 * reached on the validation rows, or the budget is spent. It is judged several times an epoch, because an epoch of small
 * batches has many steps; the time of the judgements is not counted.
 */

import { isDiverged } from '../../errors.js';
import { metricOf } from '../../judge/metrics.js';
import { PLAIN_DESCENT } from '../../model/optimizer.js';
import type { Fault } from '../../protocol/fault.js';
import { networkFor } from '../../train/make-network.js';
import type { EpochReport, JudgementReport } from '../../train/reports.js';
import { train } from '../../train/train.js';
import type { Trial, TrialSetup } from './batch-schema.js';
import { loadRows } from './data.js';
import { machineOf } from './machine.js';
import { peakBytes } from './sample.js';
import type { StudyConfiguration } from './study-header.js';
import type { TrialFigures } from './tasks.js';

const JUDGEMENTS_PER_EPOCH = 8;

/**
 * @param fault a worker to lose on purpose
 * @throws usage if data, network and target don't fit; failed if workers are lost too often
 */
export async function runTrial(
  configuration: StudyConfiguration,
  setup: TrialSetup,
  fault: Fault | null = null,
): Promise<TrialFigures> {
  const { activation, seed, update, search } = configuration;
  const { layers, batchSize, learningRate } = setup;
  const { maxEpochs, maxSteps, target } = search!;
  const { train: data, validation } = (await loadRows(configuration))!;
  const history: Trial['history'] = [];
  let outcome: Trial['outcome'] = 'budget';
  let last = { step: 0, samples: 0, seconds: 0 };
  const note = (report: EpochReport | JudgementReport) => {
    const { step, seconds, validation } = report;
    last = report;
    const value = Number.isFinite(validation!.loss) ? (metricOf(validation!, target.metric) ?? null) : null;
    history.push({ step, seconds, value });
  };
  const running = train(networkFor(layers, activation, data.task), data, validation, {
    ...machineOf(configuration, setup),
    ...{ batchSize, learningRate, optimizer: PLAIN_DESCENT, update, seed, fault },
    epochs: maxEpochs,
    steps: maxSteps,
    target: { figure: target.metric, value: target.value },
    judgeEvery: Math.max(1, Math.round(Math.ceil(data.rows / batchSize) / JUDGEMENTS_PER_EPOCH)),
  });
  try {
    for await (const report of running) {
      if (report.type === 'epoch' || report.type === 'judgement') note(report);
      if (report.type === 'end' && report.result.stopped === 'target') outcome = 'reached';
    }
  } catch (error) {
    if (!isDiverged(error)) throw error;
    outcome = 'diverged';
  }
  const { step: steps, samples, seconds } = last;
  return {
    ...{ ...setup, outcome, steps, epochs: samples / data.rows, seconds },
    samplesPerSecond: seconds > 0 ? samples / seconds : 0,
    ...{ history, peakBytes: peakBytes() },
  };
}
