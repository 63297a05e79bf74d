/** What the sums of a tile are made of: steps, each the products of one depth, and loops of them. */
import { at, type General, type Machine, type Vector } from './machine.js';
import { COUNTER, type Panel, TEMPORARY } from './product-layout.js';

/** What all tiles of a product have in common. */
export interface TileSteps {
  /** Bytes from one row of A to the next, and from one depth to the next. */
  a: { row: number; depth: number };
  /** Bytes from one row of B to the next. */
  b: number;
  /** Whether B is packed. Otherwise it is read as it lies. */
  packs: boolean;
  /** Bytes from one row of C to the next. */
  c: number;
  byShards: boolean;
}

/** Some rows of a tile, whose sums are in these registers. */
export interface TilePart {
  /** The first of them. */
  first: number;
  rows: number;
  sums: readonly Vector[];
}

/** Runs the body COUNTER times: several times a turn as long as possible, and then one by one. @param unroll a power of two */
export function writeLoops(
  machine: Machine,
  label: string,
  unroll: number,
  body: (times: number) => void,
): void {
  if (unroll > 1) {
    machine.move(TEMPORARY, COUNTER);
    machine.shiftRight(COUNTER, Math.log2(unroll));
    machine.jumpIf(COUNTER, 'equal', 0, `${label} rest`);
    machine.label(`${label} loop`);
    body(unroll);
    machine.countDown(COUNTER, `${label} loop`);
    machine.label(`${label} rest`);
    machine.move(COUNTER, TEMPORARY);
    machine.and(COUNTER, unroll - 1);
    machine.jumpIf(COUNTER, 'equal', 0, `${label} done`);
  }
  machine.label(`${label} one by one`);
  body(1);
  machine.countDown(COUNTER, `${label} one by one`);
  machine.label(`${label} done`);
}

/** Adds the products of one depth, `u` from where A and B point. */
export function writeStep(
  machine: Machine,
  { first, rows, sums }: TilePart,
  { vectors, count }: Panel,
  { a, b, packs }: TileSteps,
  u: number,
  [ofA, ofB]: readonly [General, General],
): void {
  const by: Vector[] = Array.from({ length: vectors }, (_, j) => j);
  for (const j of by) {
    const isPart = !packs && j === vectors - 1;
    machine.load(j, at(ofB, u * b + j * machine.lanes * 4), isPart ? count : undefined);
  }
  for (let i = 0; i < rows; i++) {
    const row = sums.slice(i * vectors, (i + 1) * vectors);
    machine.multiplyAddBroadcast(row, at(ofA, (first + i) * a.row + u * a.depth), by);
  }
}
