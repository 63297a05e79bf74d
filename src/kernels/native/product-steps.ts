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

/** A step as it was written: where it begins, and where each of its rows ends. */
interface Written {
  begin: number;
  ends: number[];
}

/** Writes the steps of a product. Many are the same: those of the loops of a tile, or of tiles of another height. */
export class Steps {
  readonly #machine: Machine;
  readonly #written = new Map<string, Written>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Adds the products of one depth, `u` from where A and B point. */
  write(
    { first, rows, sums }: TilePart,
    { vectors, count }: Panel,
    { a, b, packs }: TileSteps,
    u: number,
    [ofA, ofB]: readonly [General, General],
  ): void {
    const machine = this.#machine;
    // A part of a vector may be loaded by a mask, which is a constant.
    const isPart = !packs && count < machine.lanes;
    const key = `${vectors} ${first} ${sums[0]} ${u} ${ofA} ${ofB}`;
    const before = isPart ? undefined : this.#written.get(key);
    if (before && before.ends.length >= rows) {
      machine.again(before.begin, before.ends[rows - 1]!);
      return;
    }
    const written: Written = { begin: machine.size, ends: [] };
    const by: Vector[] = [];
    for (let j = 0; j < vectors; j++) {
      by.push(j);
      const place = at(ofB, u * b + j * machine.lanes * 4);
      machine.load(j, place, isPart && j === vectors - 1 ? count : undefined);
    }
    for (let i = 0; i < rows; i++) {
      const row = sums.slice(i * vectors, (i + 1) * vectors);
      machine.multiplyAddBroadcast(row, at(ofA, (first + i) * a.row + u * a.depth), by);
      written.ends.push(machine.size);
    }
    if (!isPart) this.#written.set(key, written);
  }
}
