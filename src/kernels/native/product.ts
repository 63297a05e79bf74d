/**
 * The matrix product as machine code, for one shape: C ← A B, or C ← C + A B.
 *
 * The order of every sum is the contract's: the depth is cut into blocks of 256; each block is summed from 0, in order,
 * by fused multiply-add, and then added to C. Vectors run along the columns of C, so a lane holds one sum.
 *
 * The loops, from the outside: blocks of the depth; panels of two vectors of columns (the last may be narrower), for
 * each of which B is packed; tiles of rows. A tile of C stays in registers over the whole block.
 */
import type { ProductShape } from '../kernels.js';
import { at, ENTRY, type General, type Machine, MEMORY, type Place, type Vector } from './machine.js';
import { Packing } from './packing.js';
import {
  A_BLOCK,
  A_TILE,
  ACCUMULATE,
  argument,
  B_BLOCK,
  B_PANEL,
  B_TILE,
  BLOCK,
  C_PANEL,
  C_TILE,
  COPY_STRIDE,
  COUNTER,
  DEPTH,
  LEAVES,
  type Panel,
  panelBytes,
  SCRATCH,
  SHARD,
  SHARD_WORDS,
  STACK,
  TEMPORARY,
  TILES,
  WORD_COUNT,
  WORDS,
} from './product-layout.js';
import type { ProductPlan } from './product-plan.js';

/** The code of a product. */
export function generateProduct(machine: Machine, shape: ProductShape, plan: ProductPlan): Uint8Array {
  new ProductKernel(machine, shape, plan).write();
  return machine.bytes();
}

class ProductKernel {
  readonly #machine: Machine;
  readonly #shape: ProductShape;
  readonly #plan: ProductPlan;
  /** Panels of two whole vectors. */
  readonly #panels: number;
  readonly #whole: Panel;
  readonly #last: Panel | null;
  /** Bytes of a row of a packed panel. */
  readonly #panelRow: number;
  readonly #packs: boolean;
  readonly #packing: Packing;

  constructor(machine: Machine, shape: ProductShape, plan: ProductPlan) {
    const { lanes } = machine;
    this.#machine = machine;
    this.#shape = shape;
    this.#plan = plan;
    this.#panels = Math.floor(shape.n / (2 * lanes));
    const rest = shape.n % (2 * lanes);
    this.#whole = { name: 'whole', vectors: 2, count: lanes };
    this.#last =
      rest === 0 ? null : { name: 'last', vectors: Math.ceil(rest / lanes), count: ((rest - 1) % lanes) + 1 };
    this.#panelRow = 2 * lanes * 4;
    this.#packs = plan.packs || shape.transposeB;
    this.#packing = new Packing(machine, shape);
  }

  write(): void {
    const { tile, rest } = this.#plan;
    this.#blocks();
    for (const panel of [this.#panels > 0 ? this.#whole : null, this.#last]) {
      if (!panel) continue;
      this.#tile(tile, panel);
      if (rest > 0) this.#tile(rest, panel);
    }
  }

  /** Block after block of the depth. */
  #blocks(): void {
    const { k, lda, ldb, transposeA, transposeB } = this.#shape;
    const machine = this.#machine;
    machine.enter();
    this.#useCounts();
    for (const [register, word] of [
      [C_PANEL, WORDS.c],
      [A_BLOCK, WORDS.a],
      [B_BLOCK, WORDS.b],
      [SCRATCH, WORDS.scratch],
    ] as const) {
      machine.loadWord(register, argument(word));
      machine.add(register, MEMORY);
    }
    if (this.#plan.byShards) {
      this.#allPanels();
      machine.leave();
      return;
    }
    machine.loadWord(ACCUMULATE, argument(WORDS.accumulate));
    if (k === null) machine.loadWord(TEMPORARY, argument(WORDS.size));
    else machine.set(TEMPORARY, k);
    machine.storeWord(argument(WORDS.depthLeft), TEMPORARY);

    machine.label('block');
    machine.loadWord(DEPTH, argument(WORDS.depthLeft));
    machine.jumpIf(DEPTH, 'below', BLOCK, 'panels');
    machine.set(DEPTH, BLOCK);
    machine.label('panels');
    if (this.#plan.copiesA) this.#packing.copyA();
    this.#allPanels();
    this.#addMultiple(A_BLOCK, DEPTH, transposeA ? lda * 4 : 4);
    this.#addMultiple(B_BLOCK, DEPTH, transposeB ? 4 : ldb * 4);
    machine.set(ACCUMULATE, 1);
    machine.loadWord(TEMPORARY, argument(WORDS.depthLeft));
    machine.subtract(TEMPORARY, DEPTH);
    machine.storeWord(argument(WORDS.depthLeft), TEMPORARY);
    machine.jumpIf(TEMPORARY, 'notEqual', 0, 'block');
    machine.leave();
  }

  /** Parts of a vector that the kernel reads or writes: at the last column of C, and at the end of a transposed B. */
  #useCounts(): void {
    const { transposeB, k } = this.#shape;
    const { lanes } = this.#machine;
    const counts = new Set([this.#last?.count ?? 0, transposeB && k !== null ? k % lanes : 0]);
    for (const count of counts) {
      if (count > 0 && count < lanes) this.#machine.useCount(count, TEMPORARY);
    }
  }

  #allPanels(): void {
    const { ldb, transposeB } = this.#shape;
    const machine = this.#machine;
    machine.move(B_PANEL, B_BLOCK);
    if (this.#panels > 0) {
      machine.set(TEMPORARY, this.#panels);
      machine.storeWord(argument(WORDS.panelsLeft), TEMPORARY);
      machine.label('panel');
      this.#panel(this.#whole);
      machine.addConstant(C_PANEL, this.#panelRow);
      machine.addConstant(B_PANEL, transposeB ? 2 * machine.lanes * ldb * 4 : this.#panelRow);
      machine.loadWord(TEMPORARY, argument(WORDS.panelsLeft));
      machine.addConstant(TEMPORARY, -1);
      machine.storeWord(argument(WORDS.panelsLeft), TEMPORARY);
      machine.jumpIf(TEMPORARY, 'notEqual', 0, 'panel');
    }
    if (this.#last) this.#panel(this.#last);
    if (this.#panels > 0) machine.addConstant(C_PANEL, -this.#panels * this.#panelRow);
  }

  /** All tiles of one panel. */
  #panel(panel: Panel): void {
    const machine = this.#machine;
    const { lda, ldc, transposeA, transposeB } = this.#shape;
    const { tile, rest, copiesA, packs, byShards } = this.#plan;
    const { name } = panel;
    // By shards, the tiles have taken it for themselves.
    if (byShards) machine.loadWord(DEPTH, argument(WORDS.size));
    if (transposeB) this.#packing.transposed(panel);
    else if (packs) this.#packing.plain(panel);
    machine.storeLong(argument(WORDS.panelOfC), C_PANEL);
    machine.storeLong(argument(WORDS.blockOfA), A_BLOCK);
    if (copiesA) {
      machine.move(A_BLOCK, SCRATCH);
      machine.addConstant(A_BLOCK, panelBytes(machine.lanes));
    }
    machine.loadWord(TILES, argument(WORDS.tiles));
    machine.label(`${name} tiles`);
    this.#callTile(tile, panel);
    machine.addConstant(C_PANEL, tile * ldc * 4);
    machine.addConstant(A_BLOCK, tile * 4 * (transposeA ? 1 : copiesA ? COPY_STRIDE : lda));
    machine.countDown(TILES, `${name} tiles`);
    if (rest > 0) this.#callTile(rest, panel);
    machine.loadLong(C_PANEL, argument(WORDS.panelOfC));
    machine.loadLong(A_BLOCK, argument(WORDS.blockOfA));
  }

  #callTile(rows: number, panel: Panel): void {
    const machine = this.#machine;
    machine.move(C_TILE, C_PANEL);
    machine.move(A_TILE, A_BLOCK);
    machine.move(B_TILE, this.#packs ? SCRATCH : B_PANEL);
    machine.callLeaf(tileLabel(rows, panel));
  }

  /** The routine for a tile of so many rows: C at C_TILE, A at A_TILE, B at B_TILE. */
  #tile(rows: number, panel: Panel): void {
    const machine = this.#machine;
    const { ldc } = this.#shape;
    const { vectors, count } = panel;
    const label = tileLabel(rows, panel);
    const sums = Array.from({ length: rows * vectors }, (_, i) => vectors + i);
    const eachOfC = (run: (place: Place, sum: Vector, count?: number) => void) => {
      for (const [at_, sum] of sums.entries()) {
        const [i, j] = [Math.floor(at_ / vectors), at_ % vectors];
        run(at(C_TILE, i * ldc * 4 + j * machine.lanes * 4), sum, j === vectors - 1 ? count : undefined);
      }
    };
    machine.label(label);
    if (this.#plan.byShards) {
      this.#sumByShards(label, sums, () => this.#sumTile(label, rows, panel, sums));
    } else {
      this.#sumTile(label, rows, panel, sums);
      machine.jumpIf(ACCUMULATE, 'equal', 0, `${label} store`);
      eachOfC((place, sum, lanes) => machine.addMemory(sum, place, lanes));
      machine.label(`${label} store`);
    }
    eachOfC((place, sum, lanes) => machine.store(place, sum, lanes));
    machine.leaveLeaf();
  }

  /** The sums of a tile over DEPTH, row after row, from 0. */
  #sumTile(label: string, rows: number, { vectors, count }: Panel, sums: readonly Vector[]): void {
    const machine = this.#machine;
    const { lda, ldb, transposeA } = this.#shape;
    const by: Vector[] = Array.from({ length: vectors }, (_, j) => j);
    const rowOfA = 4 * (transposeA ? 1 : this.#plan.copiesA ? COPY_STRIDE : lda);
    const stepA = 4 * (transposeA ? lda : 1);
    const stepB = this.#packs ? this.#panelRow : ldb * 4;
    for (const sum of sums) machine.zero(sum);
    this.#depths(label, rows * vectors >= 16 ? 1 : 4, stepA, stepB, u => {
      for (const j of by) {
        const isPart = !this.#packs && j === vectors - 1;
        machine.load(j, at(B_TILE, u * stepB + j * machine.lanes * 4), isPart ? count : undefined);
      }
      for (let i = 0; i < rows; i++) {
        const row = sums.slice(i * vectors, (i + 1) * vectors);
        machine.multiplyAddBroadcast(row, at(A_TILE, i * rowOfA + u * stepA), by);
      }
    });
  }

  /** Shard after shard of the depth, each sum folded with those before it whose other half it completes. */
  #sumByShards(label: string, sums: readonly Vector[], sumTile: () => void): void {
    const machine = this.#machine;
    const places = sums.map((_, i) => at(STACK, i * machine.lanes * 4));
    const bytes = sums.length * machine.lanes * 4;
    machine.move(SHARD, ENTRY);
    machine.addConstant(SHARD, WORD_COUNT * 4);
    machine.loadWord(LEAVES, argument(WORDS.leaves));
    machine.move(STACK, SCRATCH);
    machine.addConstant(STACK, panelBytes(machine.lanes));
    machine.label(`${label} shard`);
    machine.loadWord(DEPTH, at(SHARD));
    sumTile();
    machine.loadWord(COUNTER, at(SHARD, 4));
    machine.addConstant(SHARD, SHARD_WORDS * 4);
    machine.jumpIf(COUNTER, 'equal', 0, `${label} folded`);
    machine.label(`${label} fold`);
    machine.addConstant(STACK, -bytes);
    for (const [i, sum] of sums.entries()) machine.addMemory(sum, places[i]!);
    machine.countDown(COUNTER, `${label} fold`);
    machine.label(`${label} folded`);
    machine.addConstant(LEAVES, -1);
    machine.jumpIf(LEAVES, 'equal', 0, `${label} summed`);
    for (const [i, sum] of sums.entries()) machine.store(places[i]!, sum);
    machine.addConstant(STACK, bytes);
    machine.jump(`${label} shard`);
    machine.label(`${label} summed`);
  }

  /**
   * Runs DEPTH times, A_TILE and B_TILE advancing: several depths a turn if a tile has few sums, and then one by one. The
   * other tiles hide the turn behind their sums.
   */
  #depths(label: string, unroll: number, stepA: number, stepB: number, depth: (u: number) => void): void {
    const machine = this.#machine;
    for (const times of unroll > 1 ? [unroll, 1] : [1]) {
      const loop = `${label}, depths by ${times}`;
      machine.move(COUNTER, DEPTH);
      if (times > 1) machine.shiftRight(COUNTER, Math.log2(unroll));
      else if (unroll > 1) machine.and(COUNTER, unroll - 1);
      if (unroll > 1) machine.jumpIf(COUNTER, 'equal', 0, `${loop}, done`);
      machine.label(loop);
      for (let u = 0; u < times; u++) depth(u);
      machine.addConstant(A_TILE, times * stepA);
      machine.addConstant(B_TILE, times * stepB);
      machine.countDown(COUNTER, loop);
      machine.label(`${loop}, done`);
    }
  }

  /** to ← to + of · value. */
  #addMultiple(to: General, of: General, value: number): void {
    this.#machine.multiplyConstant(TEMPORARY, of, value);
    this.#machine.add(to, TEMPORARY);
  }
}

const tileLabel = (rows: number, panel: Panel) => `tile of ${rows} rows, ${panel.name} panel`;
