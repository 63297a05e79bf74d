/**
 * Summarises trainings on MNIST in a table: which times count, the fastest way for each seed, medians over
 * the seeds. Pure: no processes, no printing.
 */

import { drawTable, type FigureTable } from '../../scripts/tools/figures.js';
import { median } from '../../src/lab/bench/statistics.js';
import { formatPercent } from '../../src/report/format.js';
import { type Contestant, OURS } from './contestants.js';
import type { Configuration, TrainedEvent } from './mnist-order.js';

/** One training of one configuration. */
export interface MnistTrial {
  /** The seed is round + 1. */
  round: number;
  peer: string;
  way: string;
  /** Or why there is no result. */
  outcome: TrainedEvent | string;
}

/** Target of all trainings. */
interface Aim {
  /** Share of the test images. */
  target: number;
  epochs: number;
}

/**
 * Tolerance of the cross-entropy before the first step: float32 sums over 10,000 rows differ by much less.
 */
const START_TOLERANCE = 1e-4;

/**
 * Why a training's time doesn't count; null if it does. @param start the cross-entropy that lockstep started
 * with
 */
export function objectionTo(outcome: MnistTrial['outcome'], aim: Aim, start: number | null): string | null {
  if (typeof outcome === 'string') return outcome;
  const { initialLoss, accuracy, epochs } = outcome;
  if (start !== null && !(Math.abs(initialLoss - start) <= START_TOLERANCE * start)) {
    return `started with a cross-entropy of ${initialLoss}, lockstep with ${start}`;
  }
  if (accuracy >= aim.target && epochs <= aim.epochs) return null;
  return `${formatPercent(accuracy)} after ${epochs} epochs`;
}

interface Summary {
  /** Medians over the seeds. */
  seconds: number;
  totalSeconds: number;
  epochs: number;
  accuracy: number;
  epochSeconds: number;
  way: string;
  /** Training seconds by round. */
  byRound: Map<number, number>;
}

/** The fastest valid training for each seed, and their medians; or the objection if a seed has none. */
export function summarizeTrainings(peer: string, trials: MnistTrial[], aim: Aim): Summary | string {
  const best = new Map<number, { way: string; result: TrainedEvent }>();
  const objections = new Map<number, string>();
  for (const trial of trials) {
    if (trial.peer !== peer) continue;
    const { round, way, outcome } = trial;
    const objection = objectionTo(outcome, aim, startOf(trials, round));
    if (objection !== null) objections.set(round, objection);
    else if (typeof outcome !== 'string') {
      const before = best.get(round);
      if (!before || outcome.seconds < before.result.seconds) best.set(round, { way, result: outcome });
    }
  }
  const rounds = [...new Set(trials.map(({ round }) => round))];
  const lacking = rounds.find(round => !best.has(round));
  if (lacking !== undefined || rounds.length === 0) {
    return `seed ${(lacking ?? 0) + 1}: ${objections.get(lacking ?? 0) ?? 'not measured'}`;
  }
  const results = [...best.values()].map(({ result }) => result);
  const of = (figure: (result: TrainedEvent) => number) => median(results.map(figure));
  return {
    seconds: of(({ seconds }) => seconds),
    totalSeconds: of(({ totalSeconds }) => totalSeconds),
    epochs: of(({ epochs }) => epochs),
    accuracy: of(({ accuracy }) => accuracy),
    epochSeconds: of(({ seconds, epochs }) => seconds / epochs),
    way: best.get(0)!.way,
    byRound: new Map([...best].map(([round, { result }]) => [round, result.seconds])),
  };
}

/** The initial loss of lockstep's first training in a round. */
function startOf(trials: MnistTrial[], round: number): number | null {
  const outcome = trials.find(trial => trial.round === round && trial.peer === OURS.id)?.outcome;
  return typeof outcome === 'object' ? outcome.initialLoss : null;
}

/**
 * A row for each trainer and configuration; the ratio is the median over the seeds of PyTorch's seconds
 * divided by ours.
 */
export function drawTrainings(
  trainers: readonly Contestant[],
  rows: { configuration: Configuration; trials: MnistTrial[] }[],
  aim: Aim,
): string {
  return drawTable({
    columns: COLUMNS,
    rows: rows.flatMap(({ configuration, trials }) => {
      const torch = summarizeTrainings('torch', trials, aim);
      return trainers.map(trainer => {
        const own = summarizeTrainings(trainer.id, trials, aim);
        return {
          network: describeConfiguration(configuration),
          ...figuresOf(trainer, own),
          ratio: trainer.id === OURS.id ? ratioOf(own, torch) : null,
        };
      });
    }),
  });
}

const COLUMNS: FigureTable['columns'] = [
  { key: 'network', title: 'network' },
  { key: 'trainer', title: 'trainer' },
  { key: 'epochs', title: 'epochs' },
  { key: 'accuracy', title: 'accuracy' },
  { key: 'seconds', title: 'training s', decimals: 2 },
  { key: 'total', title: 'total s', decimals: 2 },
  { key: 'perEpoch', title: 's per epoch', decimals: 3 },
  { key: 'ratio', title: 'PyTorch ÷', decimals: 2 },
];

/** Text that parseConfiguration accepts. */
export function describeConfiguration(configuration: Configuration): string {
  const { layers, activation, batchSize, learningRate } = configuration;
  return [layers.join(','), activation, batchSize, learningRate].join(':');
}

function figuresOf({ title, ways }: Contestant, own: Summary | string): FigureTable['rows'][number] {
  if (typeof own === 'string') return { trainer: title };
  const { way, epochs, accuracy, seconds, totalSeconds, epochSeconds } = own;
  return {
    trainer: ways.length > 1 ? `${title} (${way})` : title,
    ...{ epochs, accuracy: formatPercent(accuracy), seconds, total: totalSeconds, perEpoch: epochSeconds },
  };
}

function ratioOf(own: Summary | string, torch: Summary | string): number | null {
  if (typeof own === 'string' || typeof torch === 'string') return null;
  return median([...own.byRound].map(([round, seconds]) => torch.byRound.get(round)! / seconds));
}
