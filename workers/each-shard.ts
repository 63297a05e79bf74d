/** Goes through the rows of the registers shard by shard, for sums over the rows of a shard. Runs in a pool thread. */
import type { Registers } from '../src/model/operations.js';

/** @param run called with the rows of one shard, from row `at` of the scratch on */
export function forEachShard(
  { at, row, rows, batch, shards, shard, leaves }: Registers,
  run: (at: number, rows: number, shard: number) => void,
): void {
  if (leaves === 1) {
    run(at, rows, shard);
    return;
  }
  let begin = row;
  for (let s = shard; s < shard + leaves; s++) {
    const end = Math.floor((batch * (s + 1)) / shards);
    run(at + begin - row, end - begin, s);
    begin = end;
  }
}
