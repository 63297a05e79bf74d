/**
 * A program for mpirun: runs cases of test/bits on all ranks, and prints for each whether it has the bits that are kept, which
 * are those of one process. Its arguments are the folder of the cases' files, and a JSON list of trials.
 */
import { readWithRank0 } from '../../../src/commands/settings/rank-rows.js';
import type { ExchangeName } from '../../../src/model/sharing.js';
import { openRanks } from '../../../src/ranks/open.js';
import { followRank0 } from '../../../src/session/follower.js';
import { leadRanks } from '../../../src/session/leader.js';
import { CASES, COMMON } from '../../bits/cases.js';
import { readHashes } from '../../bits/hashes.js';
import { readLine } from '../../bits/lines.js';
import { arithmeticOf, type Backend, runTraining } from '../../bits/run.js';

/** A training: a case, by which backend, on how many workers of each rank, how they exchange, and whether it is resumed halfway. */
export interface Trial {
  name: string;
  backend: Backend;
  workers: number;
  exchange: ExchangeName;
  resumed: boolean;
}

/** What came of it: null if it has the bits that are kept, else what differs or failed. */
export interface Result extends Trial {
  trouble: string | null;
}

async function run(trial: Trial, files: string): Promise<string | null> {
  const { name, backend, workers, exchange, resumed } = trial;
  const instead = `--backend ${backend} --workers ${workers} --exchange ${exchange}`;
  const line = readLine(CASES[name]!, { folders: { 'files/': files }, common: COMMON, instead });
  try {
    const [got, kept] = [await runTraining(line, { resumed }), readHashes(arithmeticOf(backend))[name]];
    const [a, b] = [JSON.stringify(got), JSON.stringify(kept)];
    return a === b ? null : `expected ${b}, got ${a}`;
  } catch (error) {
    return String((error as Error).stack);
  }
}

const [files, list] = process.argv.slice(2) as [string, string];
const ranks = await openRanks({ mpi: 'auto', environment: process.env });
let code = 0;
if (ranks.rank > 0) code = await followRank0(ranks, readWithRank0);
else {
  const leader = leadRanks(ranks);
  for (const trial of JSON.parse(list) as Trial[]) {
    const trouble = await run(trial, files);
    console.log(JSON.stringify({ ...trial, trouble } satisfies Result));
    if (leader.isBroken) ranks.abort(1);
  }
  await leader.end(0);
}
await ranks.close();
process.exit(code);
