/**
 * A program for mpirun: trains on all ranks, while the last one flips a bit of a weight, as a broken memory would: before the
 * first gradient, or at the checkpoint. Rank 0 prints what comes of it. Its arguments are `gradient` or `weights`, and what the
 * ranks exchange.
 */
import { readWithRank0 } from '../../../src/commands/settings/rank-rows.js';
import { openRanks } from '../../../src/ranks/open.js';
import { followRank0 } from '../../../src/session/follower.js';
import { Job } from '../../../src/session/job.js';
import { leadRanks } from '../../../src/session/leader.js';
import { CASES, COMMON } from '../../bits/cases.js';
import { readLine } from '../../bits/lines.js';
import { runTraining } from '../../bits/run.js';

/** Flips a bit of the job's last weight whenever it is about to show the hash of a gradient, or of its weights. */
function flipBefore(method: 'tryGradient' | 'hashSlabs'): void {
  const original = Job.prototype[method] as (...args: unknown[]) => unknown;
  Object.defineProperty(Job.prototype, method, {
    value(this: Job, ...args: unknown[]) {
      const w = this.arena.slabBytes('w');
      const last = w.findLastIndex(byte => byte !== 0);
      w[last - 1]! ^= 1 << 3;
      return original.apply(this, args);
    },
  });
}

const [what, exchange] = process.argv.slice(2) as [string, string];
const ranks = await openRanks({ mpi: 'auto', environment: process.env });
if (ranks.rank === ranks.size - 1) flipBefore(what === 'gradient' ? 'tryGradient' : 'hashSlabs');
if (ranks.rank > 0) {
  await followRank0(ranks, readWithRank0);
} else {
  const leader = leadRanks(ranks);
  const instead = `--backend wasm --workers 1 --exchange ${exchange}`;
  const line = readLine(CASES['thirteen classes']!, { folders: {}, common: COMMON, instead });
  const ended = await runTraining(line).then(
    ({ steps }) => `trained ${steps} steps`,
    (error: Error) => error.message,
  );
  console.log(ended);
  if (leader.isBroken) ranks.abort(3);
  await leader.end(0);
}
await ranks.close();
