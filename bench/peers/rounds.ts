/**
 * Order of the measurements of one cell: in each round, ours and every peer once, one after the other, each
 * in a fresh process. Neighbours run on the machine in the same state, so that its drift cancels in their
 * ratio (summary.ts).
 */
import { type Cell, formatCell, residentRows } from './cells.js';
import type { Options } from './options.js';
import type { Peer, Way } from './peers.js';
import { measure, type Outcome } from './run-child.js';

/** Result of one way of one peer in one round. */
export interface Trial {
  round: number;
  peer: string;
  way: string;
  outcome: Outcome;
}

const SETUP_SECONDS = 120;
/** Ours runs whole epochs, which may take longer than a peer's limit, and must not be interrupted. */
const OUR_SECONDS = 600;
/**
 * A way that is slower than the peer's fastest by more than this factor in the first round is not tried
 * again.
 */
const WAY_SLACK = 1.15;
/** Neither is a peer that is slower than ours by more than this factor: its ratio needs no more precision. */
const PEER_SLACK = 3;

/** Measures one cell. @param note called with each outcome */
export async function measureCell(
  cell: Cell,
  peers: Peer[],
  options: Options,
  note: (trial: Trial) => void,
): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (let round = 0; round < options.rounds; round++) {
    for (const peer of peers) {
      for (const way of peer.ways) {
        if (round > 0 && !worthAgain(trials, peer, way)) continue;
        const outcome = await measureOnce(cell, peer, way, options);
        const trial = { round, peer: peer.id, way: way.name, outcome };
        trials.push(trial);
        note(trial);
      }
    }
  }
  return trials;
}

/** Rows per second, or null if there is no figure. */
export function speedOf(outcome: Outcome, cell: Cell): number | null {
  return outcome.kind === 'measured' ? cell.batchSize / outcome.result.seconds : null;
}

function measureOnce(cell: Cell, peer: Peer, way: Way, options: Options): Promise<Outcome> {
  const { seconds, limit, cores } = options;
  const [layers = ''] = formatCell(cell).split(':');
  const numbers = [cell.batchSize, residentRows(cell), seconds, limit].map(String);
  return measure([...peer.command, layers, ...numbers, way.name, String(cores)], way.environment, {
    setupSeconds: SETUP_SECONDS,
    // One more second, so that the process can stop by itself first.
    stepsSeconds: peer.against === null ? OUR_SECONDS : limit + 1,
  });
}

/** Seconds of a step in the first round, Infinity if there is no figure. */
function firstSeconds(trials: Trial[], peer: string, way?: string): number {
  const seconds = trials
    .filter(trial => trial.round === 0 && trial.peer === peer && (way === undefined || trial.way === way))
    .map(({ outcome }) => (outcome.kind === 'measured' ? outcome.result.seconds : Number.POSITIVE_INFINITY));
  return Math.min(Number.POSITIVE_INFINITY, ...seconds);
}

function worthAgain(trials: Trial[], peer: Peer, way: Way): boolean {
  const seconds = firstSeconds(trials, peer.id, way.name);
  if (!Number.isFinite(seconds)) return false;
  if (peer.against === null) return true;
  const near = seconds <= firstSeconds(trials, peer.id) * WAY_SLACK;
  const ours = firstSeconds(trials, peer.against);
  return near && !(Number.isFinite(ours) && seconds > ours * PEER_SLACK);
}
