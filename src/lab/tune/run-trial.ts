/**
 * Trains one trial to the end of a rung. Learning-rate schedules refer to the epochs of the last rung from
 * the start, so that a trial that reaches it has the same rates and bits as one that was never paused.
 */
import type { Dataset } from '../../data/dataset.js';
import { metricOf, scoredOf } from '../../judge/metrics.js';
import type { Judgement } from '../../model/judgement.js';
import type { Network } from '../../model/network.js';
import { hashWeights } from '../../store/weights.js';
import { withDefaults } from '../../train/defaults.js';
import { DivergedError } from '../../train/divergence.js';
import type { TrainOptions } from '../../train/options.js';
import type { Report, TrainResult } from '../../train/reports.js';
import { train } from '../../train/train.js';
import type { Trial } from './draw.js';
import type { TrialKeeper } from './keeper.js';
import type { Point, Result } from './schema.js';

/** What a trial's values configure. */
export interface Configured {
  network: Network;
  options: Partial<TrainOptions>;
  /** Chooses the weights that count and their judgement; by default the last ones. */
  choose?(result: TrainResult): Chosen;
}

/** The weights that a training produced. */
type Chosen = Pick<TrainResult, 'weights' | 'validation'>;

/** What is trained and how: the same for all trials except for their values. */
export interface Trainer {
  data: Dataset;
  /** Rows that trials are judged on. */
  validation: Dataset;
  /**
   * Turns the values of a trial into options; epochs and signal are set later.
   * @throws usage if the values are inconsistent
   */
  configure(values: Trial['values']): Promise<Configured>;
  /** Command that trains a trial again, for tune.json. */
  repeat?(values: Trial['values']): string;
}

/** Configures a trial and fills in the other options. @throws usage */
export async function configureTrial(trainer: Trainer, { values }: Trial) {
  const configured = await trainer.configure(values);
  return { ...configured, options: withDefaults(trainer.data, configured.network, configured.options) };
}

/** The part of a training to run next. */
interface Stretch {
  trial: Trial;
  rung: number;
  /** Epochs: its start unless a state is stored, its end, and the end of a trial in the last rung. */
  from: number;
  to: number;
  last: number;
  metric: string;
  signal: AbortSignal | null;
  /** Workers of the trial; null: as its options say. */
  workers: number | null;
}

/** Interval between saved states, in case the process is killed. */
export const CHECKPOINT_SECONDS = 60;

/** Progress of the training. */
type Going = Pick<Result, 'epochs' | 'steps' | 'seconds' | 'batchSize' | 'shards' | 'parameters'>;

/**
 * What a trial reports: an epoch that has ended, and at the end its result; null if the signal came first.
 */
type TrialReport = { type: 'epoch'; epoch: number } | { type: 'end'; result: Result | null };

/** @throws usage, failed */
export async function* runTrial(
  stretch: Stretch,
  trainer: Trainer,
  keeper: TrialKeeper,
): AsyncGenerator<TrialReport, void> {
  const { trial, from, to, last, metric, signal, workers } = stretch;
  const { network, options, choose = result => result } = await configureTrial(trainer, trial);
  const kept = await keeper.load(trial, to);
  // The current epoch is reported when it is finished, even if it has no steps left.
  const history = kept?.history.filter(({ epoch }) => epoch < kept.state.epoch) ?? [];
  // If the state was saved at the end of an epoch, its judgement is repeated, and skipped here.
  const seen = kept?.history.findLast(({ loss }) => loss !== null)?.epoch ?? 0;
  const going: Going = { epochs: 0, steps: 0, seconds: 0, batchSize: 0, shards: 0, parameters: 0 };
  const running = train(network, trainer.data, trainer.validation, {
    ...options,
    ...{ epochs: to, scheduleEpochs: last, signal },
    ...(workers !== null && { workers }),
    metrics: [...options.metrics, ...scoredOf([metric])],
    resume: kept?.state ?? null,
    checkpoint: { every: CHECKPOINT_SECONDS, unit: 'seconds' },
  });
  const end = (ended: Partial<Result>): Result => ({
    trial: trial.number,
    rung: stretch.rung,
    outcome: 'diverged',
    stopped: null,
    value: null,
    loss: null,
    ...going,
    learningRate: options.learningRate,
    weightsSha256: null,
    history: history.filter(({ epoch }) => epoch > from),
    ...ended,
  });
  let result: TrainResult | undefined;
  let isKept = false;
  let ended: Result | null = null;
  try {
    for await (const report of running) {
      if (report.type === 'end') result = report.result;
      note(report, going);
      const point = report.type === 'epoch' ? pointOf(report.epoch, report.validation!, metric) : null;
      if (point) history.push(point);
      await keeper.keep(trial, report, history);
      if (point && point.epoch > seen) yield { type: 'epoch', epoch: point.epoch };
    }
    const aborted = result!.stopped === 'aborted';
    await keeper.finish(trial, aborted ? null : result!);
    isKept = true;
    if (!aborted) ended = end(finished(result!, choose(result!), { metric, network }));
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    ended = end({ epochs: error.epochs, steps: error.steps });
  } finally {
    // If anything failed or the consumer stopped listening, saves what is still pending, if possible.
    if (!isKept) await keeper.finish(trial, null).catch(() => {});
  }
  yield { type: 'end', result: ended };
}

function note(report: Report, going: Going): void {
  if (report.type === 'start') {
    const { batchSize, shards, parameters } = report;
    Object.assign(going, { batchSize, shards, parameters });
  }
  if (report.type === 'epoch') {
    const { epoch: epochs, step: steps, seconds } = report;
    Object.assign(going, { epochs, steps, seconds });
  }
}

function finished(
  { stopped, epochs, steps, seconds }: TrainResult,
  { weights, validation }: Chosen,
  { metric, network }: { metric: string; network: Network },
): Partial<Result> {
  const { value, loss } = pointOf(epochs, validation, metric);
  const weightsSha256 = hashWeights(network, weights);
  return { outcome: 'finished', stopped, value, loss, epochs, steps, seconds, weightsSha256 };
}

/** @param validation judgement of the validation rows */
function pointOf(epoch: number, validation: Judgement | null, metric: string): Point {
  const finite = (value: number | undefined) =>
    value !== undefined && Number.isFinite(value) ? value : null;
  if (validation === null) return { epoch, value: null, loss: null };
  return { epoch, value: finite(metricOf(validation, metric)), loss: finite(validation.loss) };
}
