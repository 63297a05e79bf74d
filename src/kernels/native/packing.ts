/**
 * Code that copies parts of a product's operands before they are multiplied: a panel of B, as it lies or transposed, and a
 * block of A if its rows share sets of the first-level cache.
 */
import type { ProductShape } from '../kernels.js';
import { at, type Machine } from './machine.js';
import {
  A_ROWS,
  A_TILE,
  argument,
  B_TILE,
  BLOCK,
  C_TILE,
  COPY_GAP,
  COPY_STRIDE,
  COUNTER,
  DEPTH,
  DEPTHS_AT_ONCE,
  type Height,
  type Panel,
  packedBytes,
  panelBytes,
  SCRATCH,
  stackBytes,
  TEMPORARY,
  TILES,
  WORDS,
} from './product-layout.js';

/** Vectors of a row that are copied in a turn. */
const VECTORS_AT_ONCE = 8;

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

  /** DEPTH rows of so many panels of B, each panel row after row. */
  plain({ vectors, count }: Panel, panels: number): void {
    const machine = this.#machine;
    const { lanes } = machine;
    const loop = this.#label('pack');
    machine.loadLong(B_TILE, argument(WORDS.nextOfB));
    machine.move(A_TILE, SCRATCH);
    machine.move(COUNTER, DEPTH);
    machine.label(loop);
    for (let i = 0; i < panels; i++) {
      for (let j = 0; j < vectors; j++) {
        const part = j === vectors - 1 ? count : undefined;
        machine.load(j, at(B_TILE, i * this.#panelRow + j * lanes * 4), part);
      }
      for (let j = 0; j < vectors; j++) machine.store(at(A_TILE, i * panelBytes(lanes) + j * lanes * 4), j);
    }
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
      machine.loadLong(B_TILE, argument(WORDS.nextOfB));
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

  /** DEPTH columns of the block's rows of A, in rows of COPY_STRIDE. */
  rowsOfA(heights: readonly Height[]): void {
    const machine = this.#machine;
    const { lanes } = machine;
    const { lda, k } = this.#shape;
    const rest = k! % lanes;
    this.#beginCopy();
    for (const { rows, now } of heights) {
      const loop = this.#label('copy rows');
      machine.loadWord(TEMPORARY, argument(now));
      machine.multiplyConstant(TILES, TEMPORARY, rows);
      machine.jumpIf(TILES, 'equal', 0, `${loop} done`);
      machine.label(loop);
      machine.move(A_TILE, A_ROWS);
      machine.move(B_TILE, C_TILE);
      machine.move(COUNTER, DEPTH);
      machine.shiftRight(COUNTER, Math.log2(lanes));
      for (const times of [VECTORS_AT_ONCE, 1]) this.#copyVectors(times, `${loop} by ${times}`);
      machine.label(`${loop} rest`);
      if (rest > 0) {
        // Only the last block has it: all others are whole.
        machine.jumpIf(DEPTH, 'equal', BLOCK, `${loop} whole`);
        machine.load(0, at(A_TILE), rest);
        machine.store(at(B_TILE), 0);
        machine.label(`${loop} whole`);
      }
      machine.addConstant(A_ROWS, lda * 4);
      machine.addConstant(C_TILE, COPY_STRIDE * 4);
      machine.countDown(TILES, loop);
      machine.label(`${loop} done`);
    }
  }

  /** Vectors from A_TILE to B_TILE as long as there are so many of COUNTER. */
  #copyVectors(times: number, loop: string): void {
    const machine = this.#machine;
    const bytes = machine.lanes * 4;
    machine.jumpIf(COUNTER, 'below', times, `${loop} done`);
    machine.label(loop);
    for (let i = 0; i < times; i++) machine.load(i, at(A_TILE, i * bytes));
    for (let i = 0; i < times; i++) machine.store(at(B_TILE, i * bytes), i);
    machine.addConstant(A_TILE, times * bytes);
    machine.addConstant(B_TILE, times * bytes);
    machine.addConstant(COUNTER, -times);
    machine.jumpIf(COUNTER, 'aboveOrEqual', times, loop);
    machine.label(`${loop} done`);
  }

  /**
   * DEPTH rows of the block's columns of a transposed A, tile after tile, each with one depth after the other. Some depths
   * of all tiles at once, so that A is read along its rows.
   * @param floats of a depth of a tile's copy: the rows of the largest tile
   */
  columnsOfA(heights: readonly Height[], floats: number): void {
    const machine = this.#machine;
    const { lda } = this.#shape;
    this.#beginCopy();
    for (const times of [DEPTHS_AT_ONCE, 1]) {
      const loop = this.#label('copy columns');
      machine.move(B_TILE, DEPTH);
      if (times > 1) machine.shiftRight(B_TILE, Math.log2(DEPTHS_AT_ONCE));
      else machine.and(B_TILE, DEPTHS_AT_ONCE - 1);
      machine.jumpIf(B_TILE, 'equal', 0, `${loop} done`);
      machine.multiplyConstant(TEMPORARY, DEPTH, floats * 4);
      machine.addConstant(TEMPORARY, COPY_GAP);
      machine.label(loop);
      machine.move(A_TILE, A_ROWS);
      machine.move(COUNTER, C_TILE);
      for (const { rows, now } of heights) {
        const tile = `${loop} of ${rows}`;
        machine.loadWord(TILES, argument(now));
        machine.jumpIf(TILES, 'equal', 0, `${tile} done`);
        machine.label(tile);
        for (let u = 0; u < times; u++) this.#partOfRow(rows, u * lda * 4, u * floats * 4);
        machine.addConstant(A_TILE, rows * 4);
        machine.add(COUNTER, TEMPORARY);
        machine.countDown(TILES, tile);
        machine.label(`${tile} done`);
      }
      machine.addConstant(A_ROWS, times * lda * 4);
      machine.addConstant(C_TILE, times * floats * 4);
      machine.countDown(B_TILE, loop);
      machine.label(`${loop} done`);
    }
  }

  /** Floats from A_TILE to COUNTER; what is written behind them is overwritten by the next depth, or lies in the gap. */
  #partOfRow(floats: number, from: number, to: number): void {
    const machine = this.#machine;
    const { lanes } = machine;
    for (let i = 0; i < floats; i += lanes) {
      const register = i / lanes;
      machine.load(register, at(A_TILE, from + i * 4), Math.min(lanes, floats - i));
      machine.store(at(COUNTER, to + i * 4), register);
    }
  }

  /** A_ROWS ← A where the block begins, C_TILE ← its copy. */
  #beginCopy(): void {
    const machine = this.#machine;
    machine.loadLong(A_ROWS, argument(WORDS.rowsOfA));
    machine.move(C_TILE, SCRATCH);
    machine.addConstant(C_TILE, packedBytes(machine.lanes) + stackBytes(machine.lanes));
  }

  #label(name: string): string {
    return `${name} ${this.#labels++}`;
  }
}
