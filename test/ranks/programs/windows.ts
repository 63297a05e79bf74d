/**
 * A program for mpirun: trains on the rows of a cache, with all of them in memory unless `memory` is given, then in windows,
 * and prints what came of it. Its arguments are the path of the cache of rank 0, that of the other ranks, and a JSON list of options.
 */

import { openRanks } from '../../../src/ranks/open.js';
import type { Parts } from '../../../src/session/follower.js';
import { followRank0 } from '../../../src/session/follower.js';
import { leadRanks } from '../../../src/session/leader.js';
import { readRows, trainRows } from '../windowed.js';

const [first, others, list] = process.argv.slice(2) as [string, string, string];
const ranks = await openRanks({ mpi: 'auto', environment: process.env });
const partsOf =
  (path: string): Parts =>
  () => ({ train: readRows(path), validation: null });
let code = 0;
if (ranks.rank > 0) code = await followRank0(ranks, async () => partsOf(others));
else {
  const leader = leadRanks(ranks);
  await leader.lead({ kind: 'read', request: null }, async () => {});
  const data = { ...readRows(first), onRanks: { reading: leader.readings, part: 0 } };
  for (const options of JSON.parse(list)) {
    try {
      const whole = options.memory ? null : await trainRows(data, options);
      const memory = options.memory ?? whole!.memoryBytes - 1;
      console.log(JSON.stringify([whole, await trainRows(data, { ...options, memory })]));
    } catch (error) {
      console.log(JSON.stringify(String(error)));
    }
  }
  if (leader.isBroken) ranks.abort(1);
  await leader.end(0);
}
await ranks.close();
process.exit(code);
