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

/** The contract's: the sum of a block begins at 0. */
export const BLOCK = 256;

/** How a product is computed: decided from the number of rows, which changes no bit. */
export interface ProductPlan {
  /** Rows of a tile of C. */
  tile: number;
  /** Rows of the last tile, if it has fewer; else 0. */
  rest: number;
  /** Whether B is copied to panels first, which pays from a few tiles on. It always is if it has to be transposed. */
  packs: boolean;
  /** Whether A is copied to rows that don't share a set of the first-level cache. Not if it is transposed. */
  copiesA: boolean;
  /**
   * Whether the depth is cut at shards instead of at blocks, and their sums are added by the tree (model/tree.ts): each tile
   * is folded in a stack that stays in the first-level cache, and stored once.
   */
  byShards: boolean;
}

/** Words of a product's arguments, `depthLeft` and those after it the kernel's own; then the shards: SHARD_WORDS each. */
export const WORDS = {
  c: 0,
  a: 1,
  b: 2,
  /** m, or k if A is transposed. */
  size: 3,
  accumulate: 4,
  scratch: 5,
  /** Tiles of `tile` rows. */
  tiles: 6,
  depthLeft: 7,
  panelsLeft: 8,
  /** How many shards. */
  leaves: 9,
  // These are longs.
  panelOfC: 10,
  blockOfA: 12,
} as const;
export const WORD_COUNT = 14;
/** Of each shard: its rows, and how many sums of the stack are then folded. */
export const SHARD_WORDS = 2;

/** Floats between the rows of A's copy: a block and one line more, so that rows fall into different sets. */
const COPY_STRIDE = BLOCK + 16;
/** Rows of A that its copy has room for. */
export const MOST_COPIED_ROWS = 512;

/** Rows of B that a panel has room for: by shards, all rows of a micro-batch. */
export const MOST_DEPTH = 512;
/** Sums that wait for their other half, at most: log₂ of MOST_DEPTH, and one. */
const STACK_DEPTH = 10;
const MOST_TILE_VECTORS = 28;

const panelBytes = (lanes: number) => MOST_DEPTH * 2 * lanes * 4;

/** Bytes of scratch that a product needs: a panel of B, and the copy of A or the stack. */
export const productScratch = (lanes: number) =>
  panelBytes(lanes) +
  Math.max(MOST_COPIED_ROWS * COPY_STRIDE * 4, STACK_DEPTH * MOST_TILE_VECTORS * lanes * 4);

const C_TILE: General = 0;
const A_TILE: General = 1;
const B_TILE: General = 2;
const COUNTER: General = 3;
const C_PANEL: General = 4;
const A_BLOCK: General = 5;
const B_BLOCK: General = 6;
/** Of the block that is under way. */
const DEPTH: General = 7;
const ACCUMULATE: General = 8;
const SCRATCH: General = 9;
const TILES: General = 10;
const TEMPORARY: General = 11;
const B_PANEL: General = 12;
// By shards: registers that are free then.
const STACK = ACCUMULATE;
const SHARD = B_BLOCK;
const LEAVES = MEMORY;

/** Some columns of C: how many vectors, and how many lanes of the last of them. */
interface Panel {
  name: string;
  vectors: number;
  count: number;
}

/** Rows of the largest tile that a machine's registers hold, by the columns of C. */
export function mostRows({ lanes, tiles }: Machine, n: number): number {
  return n <= lanes ? tiles.one : tiles.two;
}

/** Tiles of about the same number of rows: a small last one would wait for each of its sums. */
export function cutTiles(rows: number, most: number): { tiles: number; tile: number; rest: number } {
  const tile = Math.ceil(rows / Math.ceil(rows / most));
  return { tiles: Math.floor(rows / tile), tile, rest: rows % tile };
}

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
  #labels = 0;

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
    if (this.#plan.copiesA) this.#copyA();
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
    if (transposeB) this.#packTransposed(panel);
    else if (packs) this.#pack(panel);
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

  /** The panel's columns of DEPTH rows of B, row after row. */
  #pack({ vectors, count }: Panel): void {
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
  #packTransposed({ vectors, count }: Panel): void {
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
  #copyA(): void {
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

  /** to ← to + of · value. */
  #addMultiple(to: General, of: General, value: number): void {
    this.#machine.multiplyConstant(TEMPORARY, of, value);
    this.#machine.add(to, TEMPORARY);
  }

  #label(name: string): string {
    return `${name} ${this.#labels++}`;
  }
}

const tileLabel = (rows: number, panel: Panel) => `tile of ${rows} rows, ${panel.name} panel`;

const argument = (word: number) => at(ENTRY, word * 4);
