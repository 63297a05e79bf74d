/**
 * Summarises trainings on MNIST in a table: which times count, the fastest way for each seed, medians over
 * the seeds. Pure: no processes, no printing.
 */
import { median } from '../../src/lab/bench/statistics.js';
import { formatPercent } from '../../src/report/format.js';
import type { Configuration } from './mnist-options.js';
import type { TrainedEvent } from './mnist-order.js';
import type { Peer } from './peers.js';
import type { Outcome } from './run-child.js';
import { draw } from './table.js';

/** One training of one configuration. */
export interface MnistTrial {
  /** The seed is round + 1. */
  round: number;
  peer: string;
  way: string;
  outcome: Outcome<TrainedEvent>;
}

/** Target of all trainings. */
interface Aim {
  /** Share of the test images. */
  target: number;
  epochs: number;
}

const NOTHING = '–';
/**
 * Tolerance of the cross-entropy before the first step: float32 sums over 10,000 rows differ by much less.
 */
const START_TOLERANCE = 1e-4;

/**
 * Why a training's time doesn't count; null if it does. @param start the cross-entropy that lockstep started
 * with
 */
export function objectionTo(outcome: Outcome<TrainedEvent>, aim: Aim, start: number | null): string | null {
  if (outcome.kind === 'failed') return outcome.reason;
  if (outcome.kind === 'slower') return `no result within ${outcome.seconds} s`;
  const { initialLoss, accuracy, epochs } = outcome.result;
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
    else if (outcome.kind === 'measured') {
      const before = best.get(round);
      if (!before || outcome.result.seconds < before.result.seconds)
        best.set(round, { way, result: outcome.result });
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
  const outcome = trials.find(trial => trial.round === round && trial.peer === 'ours-blas')?.outcome;
  return outcome?.kind === 'measured' ? outcome.result.initialLoss : null;
}

/**
 * A row for each trainer and configuration; the ratio is the median over the seeds of PyTorch's seconds
 * divided by ours.
 */
export function drawTrainings(
  peers: Peer[],
  rows: { configuration: Configuration; trials: MnistTrial[] }[],
  aim: Aim,
): string {
  const head = [
    'network',
    'trainer',
    'epochs',
    'accuracy',
    'training s',
    'total s',
    's per epoch',
    'PyTorch ÷',
  ];
  const body = rows.flatMap(({ configuration, trials }) => {
    const torch = summarizeTrainings('torch', trials, aim);
    return peers.map(peer => {
      const own = summarizeTrainings(peer.id, trials, aim);
      return [
        describeConfiguration(configuration),
        ...figuresOf(peer, own),
        peer.against === null ? ratioOf(own, torch) : NOTHING,
      ];
    });
  });
  return draw([head, ...body]);
}

/** Text that parseConfiguration accepts. */
export function describeConfiguration(configuration: Configuration): string {
  const { layers, activation, batchSize, learningRate } = configuration;
  return [layers.join(','), activation, batchSize, learningRate].join(':');
}

function figuresOf(peer: Peer, own: Summary | string): string[] {
  if (typeof own === 'string') return [peer.title, ...Array<string>(5).fill(NOTHING)];
  const { way, epochs, accuracy, seconds, totalSeconds, epochSeconds } = own;
  const title = peer.ways.length > 1 ? `${peer.title} (${way})` : peer.title;
  const times = [seconds, totalSeconds, epochSeconds].map(time => time.toPrecision(3));
  return [title, String(epochs), formatPercent(accuracy), ...times];
}

function ratioOf(own: Summary | string, torch: Summary | string): string {
  if (typeof own === 'string' || typeof torch === 'string') return NOTHING;
  const ratios = [...own.byRound].map(([round, seconds]) => torch.byRound.get(round)! / seconds);
  return median(ratios).toFixed(2);
}
