/**
 * Routines for one tile of C, which stays in registers over a block of the depth: C at C_TILE, A at A_ROWS, B
 * where the word panelOfB says.
 */
import { at, type Machine, type Place, type Vector } from './machine.js';
import {
  A_ROWS,
  A_TILE,
  argument,
  B_TILE,
  C_TILE,
  COUNTER,
  DEPTH,
  type Panel,
  TEMPORARY,
  WORDS,
} from './product-layout.js';
import { writeShards } from './product-shards.js';
import { type Steps, type TilePart, type TileSteps, writeLoops } from './product-steps.js';

/** Bytes of a line of the caches. */
const LINE = 64;

export const tileLabel = (rows: number, panel: Panel) => `tile of ${rows} rows, ${panel.name} panel`;

/** Writes the routine for a tile of so many rows. @param written writes the steps of the product */
export function writeTile(
  machine: Machine,
  written: Steps,
  rows: number,
  panel: Panel,
  steps: TileSteps,
): void {
  const label = tileLabel(rows, panel);
  machine.label(label);
  writePrefetch(machine, label, rows, panel, steps);
  if (steps.byShards) {
    // Two shards at once take twice as many registers.
    const half = Math.ceil(rows / 2);
    for (const [first, end] of [
      [0, half],
      [half, rows],
    ] as const) {
      if (first === end) continue;
      const part = partOf(first, end - first, panel);
      writeShards(machine, written, `${label} from ${first}`, part, panel, steps);
      writeEnd(machine, `${label} from ${first}`, part, panel, steps);
    }
  } else {
    const part = partOf(0, rows, panel);
    machine.move(A_TILE, A_ROWS);
    machine.loadLong(B_TILE, argument(WORDS.panelOfB));
    for (const sum of part.sums) machine.zero(sum);
    writeSteps(machine, written, label, part, panel, steps);
    writeEnd(machine, label, part, panel, steps);
  }
  machine.leaveLeaf();
}

/** The first vectors are B's. */
const partOf = (first: number, rows: number, { vectors }: Panel): TilePart => {
  return { first, rows, sums: Array.from({ length: rows * vectors }, (_, i) => vectors + i) };
};

/**
 * Fetches the tile of C if the sums are to be added to it: without, 512 × 1024 by 1024 takes 15 % longer. If C is only
 * written, it pays as little as it costs.
 */
function writePrefetch(
  machine: Machine,
  label: string,
  rows: number,
  { vectors }: Panel,
  { c }: TileSteps,
): void {
  machine.loadWord(TEMPORARY, argument(WORDS.accumulate));
  machine.jumpIf(TEMPORARY, 'equal', 0, `${label} fetched`);
  for (let i = 0; i < rows; i++) {
    for (let from = 0; from < vectors * machine.lanes * 4; from += LINE)
      machine.prefetch(at(C_TILE, i * c + from));
  }
  machine.label(`${label} fetched`);
}

/** C ← the sums, or C + the sums. */
function writeEnd(
  machine: Machine,
  label: string,
  part: TilePart,
  { vectors, count }: Panel,
  { c }: TileSteps,
): void {
  const eachOfC = (run: (place: Place, sum: Vector, count?: number) => void) => {
    for (const [i, sum] of part.sums.entries()) {
      const [row, j] = [part.first + Math.floor(i / vectors), i % vectors];
      const place = at(C_TILE, row * c + j * machine.lanes * 4);
      run(place, sum, j === vectors - 1 ? count : undefined);
    }
  };
  machine.loadWord(TEMPORARY, argument(WORDS.accumulate));
  machine.jumpIf(TEMPORARY, 'equal', 0, `${label} store`);
  eachOfC((place, sum, lanes) => machine.addMemory(sum, place, lanes));
  machine.label(`${label} store`);
  eachOfC((place, sum, lanes) => machine.store(place, sum, lanes));
}

/** Adds DEPTH products to each sum, depth after depth. */
function writeSteps(
  machine: Machine,
  written: Steps,
  label: string,
  part: TilePart,
  panel: Panel,
  steps: TileSteps,
): void {
  // Larger tiles hide the turn of the loop behind their sums.
  const unroll = part.sums.length >= 16 ? 1 : 4;
  machine.move(COUNTER, DEPTH);
  writeLoops(machine, label, unroll, times => {
    for (let u = 0; u < times; u++) written.write(part, panel, steps, u, [A_TILE, B_TILE]);
    machine.addConstant(A_TILE, times * steps.a.depth);
    machine.addConstant(B_TILE, times * steps.b);
  });
}
