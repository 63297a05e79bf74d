/**
 * One rank of a measurement on several, started by a launcher: rank 0 measures, and writes its answer to stdout as a line of
 * JSON; the others serve its training. The task is the argument, as base64: it survives any shell on the way.
 */
import { endProcess } from '../../native.js';
import { openRanks } from '../../ranks/open.js';
import type { Ranks } from '../../ranks/ranks.js';
import { followRank0 } from '../../session/follower.js';
import { leadRanks } from '../../session/leader.js';
import { idlePools } from '../../threads/idle-pools.js';
import { measureLink } from './link.js';
import { replyOf } from './reply.js';
import { measureSample, slabBytesOf } from './sample.js';
import type { SampleTask } from './tasks.js';

const { configuration, setup } = JSON.parse(Buffer.from(process.argv[2]!, 'base64').toString()) as SampleTask;

async function lead(ranks: Ranks): Promise<void> {
  const link = await measureLink(ranks, slabBytesOf(configuration, setup));
  const leader = leadRanks(ranks);
  const facts = { cpus: cpusOf(ranks), link };
  const reply = await replyOf(() => measureSample(configuration, setup, facts));
  process.stdout.write(`${JSON.stringify(reply)}\n`);
  if (leader.isBroken) ranks.abort(1);
  await leader.end(0);
}

async function follow(ranks: Ranks): Promise<void> {
  await measureLink(ranks, slabBytesOf(configuration, setup));
  await followRank0(ranks);
}

/** CPUs of all ranks together; null if they are not known. */
function cpusOf({ cpus, ranksOnCpus }: Ranks): number | null {
  const sum = cpus.reduce((all, count) => all + count, 0) / ranksOnCpus;
  return cpus.includes(0) ? null : Math.round(sum);
}

const ranks = await openRanks({ mpi: 'auto', environment: process.env });
try {
  await (ranks.rank === 0 ? lead(ranks) : follow(ranks));
} catch (error) {
  process.stderr.write(`rank ${ranks.rank} (host ${ranks.host}): ${(error as Error).message}\n`);
  ranks.abort(1);
}
await idlePools.closeAll();
await ranks.close();
endProcess(0);
