/**
 * Code that copies parts of a product's operands before they are multiplied: a panel of B, as it lies or transposed, and a
 * block of A if its rows share sets of the first-level cache.
 */
import type { ProductShape } from '../kernels.js';
import { at, type Machine } from './machine.js';
import {
  A_BLOCK,
  A_TILE,
  argument,
  B_PANEL,
  B_TILE,
  BLOCK,
  C_TILE,
  COPY_STRIDE,
  COUNTER,
  DEPTH,
  type Panel,
  panelBytes,
  SCRATCH,
  TEMPORARY,
  TILES,
  WORDS,
} from './product-layout.js';

export class Packing {
  readonly #machine: Machine;
  readonly #shape: ProductShape;
  /** Bytes of a row of a packed panel. */
  readonly #panelRow: number;
  #labels = 0;

  constructor(machine: Machine, shape: ProductShape) {
    this.#machine = machine;
    this.#shape = shape;
    this.#panelRow = 2 * machine.lanes * 4;
  }

  /** The panel's columns of DEPTH rows of B, row after row. */
  plain({ vectors, count }: Panel): void {
    const machine = this.#machine;
    const loop = this.#label('pack');
    machine.move(B_TILE, B_PANEL);
    machine.move(A_TILE, SCRATCH);
    machine.move(COUNTER, DEPTH);
    machine.label(loop);
    for (let j = 0; j < vectors; j++) {
      machine.load(j, at(B_TILE, j * machine.lanes * 4), j === vectors - 1 ? count : undefined);
    }
    for (let j = 0; j < vectors; j++) machine.store(at(A_TILE, j * machine.lanes * 4), j);
    machine.addConstant(B_TILE, this.#shape.ldb * 4);
    machine.addConstant(A_TILE, this.#panelRow);
    machine.countDown(COUNTER, loop);
  }

  /** The same of a B that lies as (n, k): square by square, transposed in registers. */
  transposed({ vectors, count }: Panel): void {
    const machine = this.#machine;
    const { lanes } = machine;
    const { ldb, k } = this.#shape;
    const rest = k! % lanes;
    for (let j = 0; j < vectors; j++) {
      const rows = j === vectors - 1 ? count : lanes;
      const loop = this.#label('transpose');
      machine.move(B_TILE, B_PANEL);
      machine.move(A_TILE, SCRATCH);
      if (j > 0) {
        machine.addConstant(B_TILE, j * lanes * ldb * 4);
        machine.addConstant(A_TILE, j * lanes * 4);
      }
      machine.move(COUNTER, DEPTH);
      machine.shiftRight(COUNTER, Math.log2(lanes));
      machine.jumpIf(COUNTER, 'equal', 0, `${loop} rest`);
      machine.label(loop);
      this.#square(rows, lanes);
      machine.addConstant(B_TILE, lanes * 4);
      machine.addConstant(A_TILE, lanes * this.#panelRow);
      machine.countDown(COUNTER, loop);
      machine.label(`${loop} rest`);
      if (rest > 0) {
        // Only the last block has it: all others are whole.
        machine.jumpIf(DEPTH, 'equal', BLOCK, `${loop} done`);
        this.#square(rows, rest);
        machine.label(`${loop} done`);
      }
    }
  }

  /** `depths` columns of so many rows at B_TILE, to as many rows at A_TILE. */
  #square(rows: number, depths: number): void {
    const machine = this.#machine;
    const { lanes } = machine;
    const from = Array.from({ length: lanes }, (_, i) => i);
    for (const i of from) {
      if (i < rows) machine.load(i, at(B_TILE, i * this.#shape.ldb * 4), depths);
      else machine.zero(i);
    }
    const to = machine.transpose(from, [lanes, lanes + 1, lanes + 2, lanes + 3]);
    for (let p = 0; p < depths; p++) machine.store(at(A_TILE, p * this.#panelRow), to[p]!);
  }

  /** DEPTH columns, a multiple of the lanes, of all rows of A, in rows of COPY_STRIDE. */
  copyA(): void {
    const machine = this.#machine;
    const { lanes } = machine;
    machine.move(A_TILE, A_BLOCK);
    machine.move(C_TILE, SCRATCH);
    machine.addConstant(C_TILE, panelBytes(lanes));
    machine.loadWord(COUNTER, argument(WORDS.size));
    machine.label('copy row');
    machine.move(TILES, DEPTH);
    machine.shiftRight(TILES, Math.log2(lanes));
    machine.move(TEMPORARY, A_TILE);
    machine.move(B_TILE, C_TILE);
    machine.label('copy vector');
    machine.load(0, at(TEMPORARY));
    machine.store(at(B_TILE), 0);
    machine.addConstant(TEMPORARY, lanes * 4);
    machine.addConstant(B_TILE, lanes * 4);
    machine.countDown(TILES, 'copy vector');
    machine.addConstant(A_TILE, this.#shape.lda * 4);
    machine.addConstant(C_TILE, COPY_STRIDE * 4);
    machine.countDown(COUNTER, 'copy row');
  }

  #label(name: string): string {
    return `${name} ${this.#labels++}`;
  }
}
