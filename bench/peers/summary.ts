/**
 * Computes figures from trials: for each cell and peer the median speed over the rounds, and the ratio of
 * ours to it, round by round. Pure: no processes, no printing.
 */
import { median } from '../../src/lab/bench/statistics.js';
import type { Cell } from './cells.js';
import type { Peer } from './peers.js';
import { speedOf, type Trial } from './rounds.js';

export interface Figure {
  /** Rows per second; an upper limit if no step was completed in time; null if the peer failed. */
  speed: number | null;
  bound: boolean;
  /** Fewer than five steps, or an interrupted one. */
  partial: boolean;
  /** The way that was fastest most often. */
  way: string;
  /** Our speed divided by it; a lower limit if `bound` is set; null if there is none. */
  ratio: number | null;
  /** Why there is no speed. */
  reason: string | null;
}

export interface CellFigures {
  cell: Cell;
  figures: Map<string, Figure>;
}

export function summarizeCell(cell: Cell, peers: Peer[], trials: Trial[]): CellFigures {
  return { cell, figures: new Map(peers.map(peer => [peer.id, summarize(cell, peer, trials)])) };
}

/** Geometric mean, the appropriate one for ratios; null if there are no values. */
export function geometricMean(values: number[]): number | null {
  if (values.length === 0) return null;
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

interface Best {
  round: number;
  way: string;
  speed: number;
  partial: boolean;
}

function summarize(cell: Cell, peer: Peer, trials: Trial[]): Figure {
  const best = bestByRound(cell, peer.id, trials);
  const ours = new Map(
    peer.against === null
      ? []
      : bestByRound(cell, peer.against, trials).map(({ round, speed }) => [round, speed]),
  );
  if (best.length > 0) {
    const speed = median(best.map(({ speed }) => speed));
    return {
      speed,
      bound: false,
      partial: best.some(({ partial }) => partial),
      way: mostFrequent(best.map(({ way }) => way)),
      ratio: ours.size > 0 ? ratioOf(ours, best) : null,
      reason: null,
    };
  }
  const own = trials.filter(trial => trial.peer === peer.id);
  const slow = own.find(({ outcome }) => outcome.kind === 'slower');
  if (slow?.outcome.kind === 'slower') {
    const speed = cell.batchSize / slow.outcome.seconds;
    const ratio = ours.size > 0 ? median([...ours.values()]) / speed : null;
    return { speed, bound: true, partial: false, way: slow.way, ratio, reason: null };
  }
  const failed = own.find(({ outcome }) => outcome.kind === 'failed');
  const reason = failed?.outcome.kind === 'failed' ? failed.outcome.reason : 'not measured';
  return { speed: null, bound: false, partial: false, way: failed?.way ?? '', ratio: null, reason };
}

/**
 * Median of the ratios round by round; if the peer was left out of later rounds, the ratio of the medians.
 * @param ours speed by round
 */
function ratioOf(ours: Map<number, number>, theirs: Best[]): number {
  const both = theirs.filter(({ round }) => ours.has(round));
  if (both.length === ours.size) return median(both.map(({ round, speed }) => ours.get(round)! / speed));
  return median([...ours.values()]) / median(theirs.map(({ speed }) => speed));
}

/** The fastest way of a peer in each round that has a figure. */
function bestByRound(cell: Cell, peer: string, trials: Trial[]): Best[] {
  const best = new Map<number, Best>();
  for (const { round, way, outcome } of trials.filter(trial => trial.peer === peer)) {
    const speed = speedOf(outcome, cell);
    if (speed === null || outcome.kind !== 'measured') continue;
    if (speed <= (best.get(round)?.speed ?? 0)) continue;
    best.set(round, { round, way, speed, partial: outcome.result.partial ?? false });
  }
  return [...best.values()];
}

function mostFrequent(names: string[]): string {
  const count = (name: string) => names.filter(other => other === name).length;
  return names.reduce((most, name) => (count(name) > count(most) ? name : most), names[0] ?? '');
}
