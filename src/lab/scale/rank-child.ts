/**
 * One rank of a measurement on several, started by a launcher: rank 0 measures, and writes its answer to stdout as a line of
 * JSON; the others serve its training. The task is the argument, as base64: it survives any shell on the way.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../../errors.js';
import { endProcess } from '../../native.js';
import { option } from '../../option-names.js';
import { openRanks } from '../../ranks/open.js';
import { type Ranks, ToldByRank0 } from '../../ranks/ranks.js';
import { followRank0 } from '../../session/follower.js';
import { leadRanks } from '../../session/leader.js';
import { idlePools } from '../../threads/idle-pools.js';
import { measureLink } from './link.js';
import { replyOf } from './reply.js';
import { measureSample, slabBytesOf } from './sample.js';
import type { Reply, SampleTask } from './tasks.js';

/** Milliseconds that rank 0 has to answer before the others end: then the launcher may end it too. */
const HEAD_START = 1000;

const { configuration, setup } = JSON.parse(Buffer.from(process.argv[2]!, 'base64').toString()) as SampleTask;

/** Joins the other ranks. If that fails, each rank answers, as rank 0 may be one that can't. */
async function join(): Promise<Ranks> {
  try {
    const ranks = await openRanks({ mpi: 'auto', environment: process.env });
    if (ranks.size === setup.ranks) return ranks;
    throw failure(
      `${option('launcher')}: expected ${setup.ranks} ranks, got ${ranks.size}.`,
      'Does it start them by MPI, as mpirun and srun do?',
    );
  } catch (error) {
    if (error instanceof ToldByRank0) await sleep(HEAD_START);
    else answer(await replyOf(() => Promise.reject(error)));
    return process.exit(1);
  }
}

function answer(reply: Reply): void {
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}

async function lead(ranks: Ranks): Promise<void> {
  const link = await measureLink(ranks, slabBytesOf(configuration, setup));
  const leader = leadRanks(ranks);
  const facts = { cpus: ranks.allCpus || null, note: ranks.note, link };
  answer(await replyOf(() => measureSample(configuration, setup, facts)));
  if (leader.isBroken) ranks.abort(1);
  await leader.end(0);
}

async function follow(ranks: Ranks): Promise<void> {
  await measureLink(ranks, slabBytesOf(configuration, setup));
  await followRank0(ranks, null);
}

const ranks = await join();
try {
  await (ranks.rank === 0 ? lead(ranks) : follow(ranks));
} catch (error) {
  process.stderr.write(`rank ${ranks.rank} (host ${ranks.host}): ${(error as Error).message}\n`);
  ranks.abort(1);
}
await idlePools.closeAll();
await ranks.close();
endProcess(0);
