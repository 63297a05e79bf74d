/**
 * A program for mpirun: takes steps on fewer workers, and prints what came of them; then whether a benchmark tries numbers of
 * workers. Its argument is a JSON list of trials.
 */
import { openRanks } from '../../../src/ranks/open.js';
import { followRank0 } from '../../../src/session/follower.js';
import { leadRanks } from '../../../src/session/leader.js';
import { type Trial, takeSteps, triesWorkers } from '../fewer-workers.js';

const ranks = await openRanks({ mpi: 'auto', environment: process.env });
let code = 0;
if (ranks.rank > 0) code = await followRank0(ranks, null);
else {
  const leader = leadRanks(ranks);
  for (const trial of JSON.parse(process.argv[2]!) as Trial[]) {
    console.log(JSON.stringify(await takeSteps(trial)));
  }
  console.log(JSON.stringify(await triesWorkers()));
  if (leader.isBroken) ranks.abort(1);
  await leader.end(0);
}
await ranks.close();
process.exit(code);
