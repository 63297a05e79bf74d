/**
 * From measurements to figures: medians over the rounds, ratios, and how sure they are. Pure.
 *
 * An interval is the percentile bootstrap's (Efron 1979): the rounds are drawn again, with replacement, and the ratio is
 * computed from each such draw; 95 % of these ratios lie within. lockstep and a contestant keep their common rounds.
 */
import { median } from '../../src/lab/bench/statistics.js';
import { Random } from '../../src/random.js';
import type { Cell } from './cells.js';

/** One measurement. */
export interface Trial {
  contestant: string;
  way: string;
  /** From 0; −1 is the warm-up. */
  round: number;
  steps: number;
  seconds: number;
}

export interface Ratio {
  value: number;
  /** null if there is one round only. */
  interval: [low: number, high: number] | null;
}

/** A contestant's figures in one cell. */
export interface Figure {
  /** The way with the highest median. */
  way: string;
  /** Rows per second, median over the rounds. */
  speed: number;
  /** lockstep's speeds in the rounds in which both were measured, and the contestant's. */
  pairs: [ours: number, theirs: number][];
}

const DRAWS = 2000;
const OUTSIDE = 0.025;

/** Rows per second. */
export function speedOf({ steps, seconds }: Trial, { batchSize }: Pick<Cell, 'batchSize'>): number {
  return (steps * batchSize) / seconds;
}

/** Figures of a contestant's fastest way; null if it has none. @param ours the contestant that it is compared with */
export function summarize(
  cell: Cell,
  trials: readonly Trial[],
  contestant: string,
  ours: string,
): Figure | null {
  const speeds = (id: string, way?: string) =>
    new Map(
      trials
        .filter(
          trial => trial.contestant === id && trial.round >= 0 && (way === undefined || trial.way === way),
        )
        .map(trial => [trial.round, speedOf(trial, cell)]),
    );
  const names = new Set(trials.filter(trial => trial.contestant === contestant).map(({ way }) => way));
  const ways = [...names]
    .map(way => ({ way, byRound: speeds(contestant, way) }))
    .filter(({ byRound }) => byRound.size > 0)
    .map(({ way, byRound }) => ({ way, byRound, speed: median([...byRound.values()]) }));
  // A way that was left out after the first round is no longer in the race.
  const rounds = Math.max(...ways.map(({ byRound }) => byRound.size));
  const best = ways
    .filter(({ byRound }) => byRound.size === rounds)
    .reduce<(typeof ways)[number] | null>((a, b) => (a && a.speed >= b.speed ? a : b), null);
  if (!best) return null;
  const mine = speeds(ours);
  const pairs = [...best.byRound].flatMap(([round, theirs]): [number, number][] =>
    mine.has(round) ? [[mine.get(round)!, theirs]] : [],
  );
  return { way: best.way, speed: best.speed, pairs };
}

/** lockstep's median speed divided by the contestant's. */
export function ratioOf({ pairs }: Figure): Ratio {
  return { value: ratioOfMedians(pairs), interval: intervalOf([pairs], ratioOfMedians) };
}

/** The geometric mean of the ratios of several cells. */
export function meanRatio(figures: readonly Figure[]): Ratio {
  const all = figures.map(({ pairs }) => pairs);
  const mean = (...cells: Figure['pairs'][]) =>
    Math.exp(cells.reduce((sum, pairs) => sum + Math.log(ratioOfMedians(pairs)), 0) / cells.length);
  return { value: mean(...all), interval: intervalOf(all, mean) };
}

function ratioOfMedians(pairs: Figure['pairs']): number {
  return median(pairs.map(([ours]) => ours)) / median(pairs.map(([, theirs]) => theirs));
}

/** Where 95 % of a figure lies if the rounds of each cell are drawn again. */
function intervalOf(
  cells: readonly Figure['pairs'][],
  figure: (...drawn: Figure['pairs'][]) => number,
): Ratio['interval'] {
  if (cells.some(pairs => pairs.length < 2)) return null;
  const random = new Random(1, 'probe');
  let next = 0;
  const draw = (pairs: Figure['pairs']) => pairs.map(() => pairs[random.word(next++) % pairs.length]!);
  const drawn = Array.from({ length: DRAWS }, () => figure(...cells.map(draw))).sort((a, b) => a - b);
  return [drawn[Math.floor(DRAWS * OUTSIDE)]!, drawn[Math.ceil(DRAWS * (1 - OUTSIDE)) - 1]!];
}
