/**
 * One training of a batch study, in the process that it runs in: steps with one learning rate until the target is
 * reached on the validation rows, or the budget spent. Judged several times an epoch, as an epoch of small batches
 * is many steps; what judging costs is not counted.
 */

import type { Dataset } from '../../data/dataset.js';
import { usageError } from '../../errors.js';
import { isRising, metricOf, scoredOf } from '../../judge/metrics.js';
import { judgeRows } from '../../judge/scores/score.js';
import { initialWeights } from '../../model/init.js';
import { Random } from '../../random.js';
import { Session } from '../../session/session.js';
import { networkFor } from '../../train/make-network.js';
import { option } from '../../wording.js';
import type { Trial, TrialSetup } from './batch-schema.js';
import { loadRows } from './data.js';
import { machineOf } from './machine.js';
import { peakBytes } from './sample.js';
import type { SearchConfiguration, StudyConfiguration } from './study-header.js';
import type { TrialFigures } from './tasks.js';

const JUDGEMENTS_PER_EPOCH = 8;

/** @throws usage where data, network and target don't fit; failed where a worker did */
export async function runTrial(configuration: StudyConfiguration, setup: TrialSetup): Promise<TrialFigures> {
  const { activation, seed, update } = configuration;
  const { train: data, validation } = await rowsOf(configuration);
  const network = networkFor(setup.layers, activation, data.task);
  const session = new Session({
    network,
    weights: () => initialWeights(network, seed),
    training: data,
    validation,
    batchRows: setup.batchSize,
    keepPredictions: scoredOf([configuration.search!.target.metric]).length > 0,
    update,
    machine: machineOf(configuration, setup),
  });
  try {
    const training = new TargetTraining(session, { data, validation }, configuration, setup);
    const outcome = await training.run();
    return { ...setup, outcome, ...training.figures(), peakBytes: peakBytes() };
  } finally {
    await session.close();
  }
}

async function rowsOf(configuration: StudyConfiguration): Promise<{ train: Dataset; validation: Dataset }> {
  const rows = await loadRows(configuration);
  if (rows?.validation) return { train: rows.train, validation: rows.validation };
  throw usageError(
    `${option('mode', 'batch')}: expected validation rows to reach the target on, got none.`,
    `Try ${option('validation', 0.2)}.`,
  );
}

/** Whether a figure is as good as the target: what rises from below, loss and its kin from above. */
function isReached(target: SearchConfiguration['target'], value: number): boolean {
  return isRising(target.metric) ? value >= target.value : value <= target.value;
}

/** The state of one training while it runs. */
class TargetTraining {
  readonly #session: Session;
  readonly #data: { data: Dataset; validation: Dataset };
  readonly #configuration: StudyConfiguration;
  readonly #setup: TrialSetup;
  readonly #stepsPerEpoch: number;
  readonly #history: Trial['history'] = [];
  #steps = 0;
  #samples = 0;
  #milliseconds = 0;

  constructor(
    session: Session,
    data: { data: Dataset; validation: Dataset },
    configuration: StudyConfiguration,
    setup: TrialSetup,
  ) {
    this.#session = session;
    this.#data = data;
    this.#configuration = configuration;
    this.#setup = setup;
    this.#stepsPerEpoch = Math.ceil(data.data.rows / setup.batchSize);
  }

  async run(): Promise<Trial['outcome']> {
    const { maxEpochs, maxSteps, target } = this.#configuration.search!;
    const budget = Math.min(maxEpochs * this.#stepsPerEpoch, maxSteps ?? Number.POSITIVE_INFINITY);
    const stride = Math.max(1, Math.round(this.#stepsPerEpoch / JUDGEMENTS_PER_EPOCH));
    while (this.#steps < budget) {
      const within = this.#steps % this.#stepsPerEpoch;
      if (within === 0) this.#planEpoch(this.#steps / this.#stepsPerEpoch);
      const end = await this.#run(
        within,
        Math.min(stride, this.#stepsPerEpoch - within, budget - this.#steps),
      );
      if (end === 'diverged') return 'diverged';
      const { sound, value } = await this.#judge(target.metric);
      if (!sound) return 'diverged';
      if (value !== null && isReached(target, value)) return 'reached';
    }
    return 'budget';
  }

  figures(): Pick<Trial, 'steps' | 'epochs' | 'seconds' | 'samplesPerSecond' | 'history'> {
    const seconds = this.#milliseconds / 1000;
    return {
      steps: this.#steps,
      epochs: this.#samples / this.#data.data.rows,
      seconds,
      samplesPerSecond: seconds > 0 ? this.#samples / seconds : 0,
      history: this.#history,
    };
  }

  #planEpoch(epoch: number): void {
    const order = this.#session.view(`order${epoch % 2}`, 'u32');
    for (let i = 0; i < order.length; i++) order[i] = i;
    new Random(this.#configuration.seed, 'shuffle', epoch + 1).shuffle(order);
  }

  async #run(firstStep: number, steps: number): Promise<string> {
    const { batchSize, learningRate } = this.#setup;
    const epoch = Math.floor(this.#steps / this.#stepsPerEpoch);
    const begun = performance.now();
    const done = await this.#session.train({
      order: (epoch % 2) as 0 | 1,
      ...{ firstStep, stepsBefore: this.#steps, steps, batchSize, learningRate },
    });
    this.#milliseconds += performance.now() - begun;
    this.#steps += done.steps;
    const last = Math.min((firstStep + done.steps) * batchSize, this.#data.data.rows);
    this.#samples += last - firstStep * batchSize;
    return done.end;
  }

  /** The metric on the validation rows; null where it is undefined, or the loss isn't finite. */
  async #judge(metric: string): Promise<{ sound: boolean; value: number | null }> {
    const { validation } = this.#data;
    const asked = { reduction: 'mean', metrics: [metric] } as const;
    const sums = await this.#session.evaluate('validation', scoredOf(asked.metrics).length > 0);
    const predictions = () => this.#session.view('predictions', 'f32');
    const judgement = await judgeRows(sums, validation, asked, predictions);
    const sound = Number.isFinite(judgement.loss);
    const value = sound ? (metricOf(judgement, metric) ?? null) : null;
    this.#history.push({ step: this.#steps, seconds: this.#milliseconds / 1000, value });
    return { sound, value };
  }
}
