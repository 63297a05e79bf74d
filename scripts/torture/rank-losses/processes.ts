/** The processes of one launch of ranks, as Linux shows them: which rank each is, and whether it still lives. */
import { readdirSync, readFileSync } from 'node:fs';

/** A rank as a process. */
export interface RankProcess {
  id: number;
  rank: number;
}

/** Variables by which launchers tell a process its rank. */
const RANK = /(?:^|\0)(?:OMPI_COMM_WORLD_RANK|PMI_RANK)=(\d+)/;

/** Processes whose command line holds this word, other than this one. */
export function processesWith(word: string): number[] {
  const ids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return ids.filter(id => id !== process.pid && read(id, 'cmdline').includes(word) && !isGone(id));
}

/** Those among them that are ranks. */
export function ranksWith(word: string): RankProcess[] {
  return processesWith(word).flatMap(id => {
    // A shell or launcher between has inherited nothing of a rank yet, or passes it on.
    if (!/^\S*node\0/.test(read(id, 'cmdline'))) return [];
    const rank = RANK.exec(read(id, 'environ'))?.[1];
    return rank === undefined ? [] : { id, rank: Number(rank) };
  });
}

/** Sends a signal, unless the process has just ended. */
export function signalProcess(id: number, signal: NodeJS.Signals): void {
  try {
    process.kill(id, signal);
  } catch {
    // It has.
  }
}

/** A process that has ended stays as a zombie until its parent has learned of it. */
function isGone(id: number): boolean {
  return /^\d+ \(.*\) [ZX]/s.test(read(id, 'stat'));
}

function read(id: number, file: 'cmdline' | 'environ' | 'stat'): string {
  try {
    return readFileSync(`/proc/${id}/${file}`, 'latin1');
  } catch {
    return '';
  }
}
