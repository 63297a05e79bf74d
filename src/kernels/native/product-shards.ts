/**
 * The sums of a part of a tile over the shards of a block: each shard is summed from 0, and the sums are added by the tree
 * (model/tree.ts). The shards of a pair are summed at once, in registers, so that only the sums of pairs have to be stored:
 * in a stack, from which they are taken as soon as their other half is there.
 */
import { at, type Machine } from './machine.js';
import {
  A_ODD,
  A_ROWS,
  A_TILE,
  argument,
  B_ODD,
  B_TILE,
  COUNTER,
  PAIR,
  PAIR_AT,
  PAIR_WORDS,
  type Panel,
  packedBytes,
  SCRATCH,
  STACK,
  TEMPORARY,
  WORDS,
} from './product-layout.js';
import { type Steps, type TilePart, type TileSteps, writeLoops } from './product-steps.js';

/** A word of the pair. */
const ofPair = (word: number) => at(PAIR_AT, word * 4);

/** Steps of a pair in a turn of the loop. */
const UNROLL = 2;

/** The sums of the part ← those of all shards of the block. */
export function writeShards(
  machine: Machine,
  written: Steps,
  label: string,
  even: TilePart,
  panel: Panel,
  steps: TileSteps,
): void {
  const { sums } = even;
  const { length } = sums;
  const odd: TilePart = { ...even, sums: sums.map(sum => sum + length) };
  const places = sums.map((_, i) => at(STACK, i * machine.lanes * 4));
  const bytes = length * machine.lanes * 4;
  machine.move(A_TILE, A_ROWS);
  machine.loadLong(B_TILE, argument(WORDS.panelOfB));
  machine.loadLong(PAIR_AT, argument(WORDS.pairs));
  machine.loadWord(TEMPORARY, argument(WORDS.pairsAtOnce));
  machine.storeWord(argument(WORDS.pairsLeft), TEMPORARY);
  machine.move(STACK, SCRATCH);
  machine.addConstant(STACK, packedBytes(machine.lanes));
  machine.label(`${label} pair`);
  writePair(machine, written, label, even, odd, panel, steps);
  for (const [i, sum] of sums.entries()) machine.binary('add', sum, sum, odd.sums[i]!);
  machine.loadWord(COUNTER, ofPair(PAIR.folds));
  machine.jumpIf(COUNTER, 'equal', 0, `${label} folded`);
  machine.label(`${label} fold`);
  machine.addConstant(STACK, -bytes);
  for (const [i, sum] of sums.entries()) machine.addMemory(sum, places[i]!);
  machine.countDown(COUNTER, `${label} fold`);
  machine.label(`${label} folded`);
  machine.loadWord(COUNTER, argument(WORDS.pairsLeft));
  machine.addConstant(COUNTER, -1);
  machine.storeWord(argument(WORDS.pairsLeft), COUNTER);
  machine.jumpIf(COUNTER, 'equal', 0, `${label} summed`);
  for (const [i, sum] of sums.entries()) machine.store(places[i]!, sum);
  machine.addConstant(STACK, bytes);
  machine.addConstant(PAIR_AT, PAIR_WORDS * 4);
  machine.jump(`${label} pair`);
  machine.label(`${label} summed`);
}

/** The sums over both shards of a pair, which follow each other in A and B. */
function writePair(
  machine: Machine,
  written: Steps,
  label: string,
  even: TilePart,
  odd: TilePart,
  panel: Panel,
  steps: TileSteps,
): void {
  for (const sum of [...even.sums, ...odd.sums]) machine.zero(sum);
  machine.loadWord(COUNTER, ofPair(PAIR.both));
  machine.loadWord(TEMPORARY, ofPair(PAIR.evenRest));
  machine.add(COUNTER, TEMPORARY);
  machine.multiplyConstant(A_ODD, COUNTER, steps.a.depth);
  machine.add(A_ODD, A_TILE);
  machine.multiplyConstant(B_ODD, COUNTER, steps.b);
  machine.add(B_ODD, B_TILE);
  // One may have a row more than the other.
  machine.loadWord(COUNTER, ofPair(PAIR.both));
  const places = [
    { part: even, from: [A_TILE, B_TILE] as const, rest: PAIR.evenRest },
    { part: odd, from: [A_ODD, B_ODD] as const, rest: PAIR.oddRest },
  ];
  const advance = ([ofA, ofB]: readonly [number, number], times: number) => {
    machine.addConstant(ofA, times * steps.a.depth);
    machine.addConstant(ofB, times * steps.b);
  };
  writeLoops(machine, label, UNROLL, times => {
    for (let u = 0; u < times; u++) {
      for (const { part, from } of places) written.write(part, panel, steps, u, from);
    }
    for (const { from } of places) advance(from, times);
  });
  for (const { part, from, rest } of places) {
    const name = `${label}, row of ${rest}`;
    machine.loadWord(TEMPORARY, ofPair(rest));
    machine.jumpIf(TEMPORARY, 'equal', 0, name);
    written.write(part, panel, steps, 0, from);
    advance(from, 1);
    machine.label(name);
  }
  machine.move(A_TILE, A_ODD);
  machine.move(B_TILE, B_ODD);
}
