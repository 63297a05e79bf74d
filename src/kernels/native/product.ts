/**
 * The matrix product as machine code, for one shape: C ← A B, or C ← C + A B.
 *
 * The order of every sum is the contract's: the depth is cut into blocks of 256; each block is summed from 0, in order,
 * by fused multiply-add, and then added to C. Vectors run along the columns of C, so a lane holds one sum.
 *
 * The loops, from the outside: blocks of the depth; blocks of rows, whose part of A stays in the second-level cache; panels
 * of two vectors of columns (the last may be narrower), whose part of B stays in the first-level cache; tiles of rows.
 */
import type { ProductShape } from '../kernels.js';
import { ENTRY, type General, type Machine, MEMORY } from './machine.js';
import { Packing } from './packing.js';
import {
  A_ROWS,
  argument,
  B_TILE,
  BLOCK,
  C_PANEL,
  C_TILE,
  COPY_GAP,
  COPY_STRIDE,
  COUNTER,
  DEPTH,
  type Height,
  PAIR_WORDS,
  type Panel,
  packedBytes,
  panelBytes,
  panelsAtOnce,
  SCRATCH,
  stackBytes,
  TEMPORARY,
  TILES,
  WORD_COUNT,
  WORDS,
} from './product-layout.js';
import type { ProductPlan } from './product-plan.js';
import { Steps } from './product-steps.js';
import { tileLabel, writeTile } from './product-tile.js';

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
  readonly #heights: readonly Height[];

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
    this.#heights = [
      { rows: plan.tile, left: WORDS.tilesLeft, now: WORDS.tilesNow },
      { rows: plan.smaller, left: WORDS.smallerLeft, now: WORDS.smallerNow },
    ].filter(({ rows }) => rows > 0);
  }

  write(): void {
    this.#begin();
    this.#depths();
    this.#machine.leave();
    const { ldb, ldc } = this.#shape;
    const steps = new Steps(this.#machine);
    for (const panel of [this.#panels > 0 ? this.#whole : null, this.#last]) {
      if (!panel) continue;
      for (const { rows } of this.#heights) {
        writeTile(this.#machine, steps, rows, panel, {
          a: this.#stepsOfA(),
          b: this.#packs ? this.#panelRow : ldb * 4,
          packs: this.#packs,
          c: ldc * 4,
          byShards: this.#plan.byShards,
        });
      }
    }
  }

  /** Bytes from one row of a tile's A to the next, and from one depth to the next. */
  #stepsOfA(): { row: number; depth: number } {
    const { lda, transposeA } = this.#shape;
    const { copiesA } = this.#plan;
    if (transposeA) return { row: 4, depth: (copiesA ? this.#plan.tile : lda) * 4 };
    return { row: (copiesA ? COPY_STRIDE : lda) * 4, depth: 4 };
  }

  #begin(): void {
    const machine = this.#machine;
    machine.enter();
    this.#useCounts();
    machine.loadWord(SCRATCH, argument(WORDS.scratch));
    machine.add(SCRATCH, MEMORY);
    for (const [from, to] of [
      [WORDS.c, WORDS.firstOfC],
      [WORDS.a, WORDS.depthOfA],
      [WORDS.b, WORDS.depthOfB],
    ] as const) {
      machine.loadWord(TEMPORARY, argument(from));
      machine.add(TEMPORARY, MEMORY);
      machine.storeLong(argument(to), TEMPORARY);
    }
    if (this.#plan.byShards) {
      machine.move(TEMPORARY, ENTRY);
      machine.addConstant(TEMPORARY, WORD_COUNT * 4);
      machine.storeLong(argument(WORDS.pairs), TEMPORARY);
    }
  }

  /** Parts of a vector that the kernel reads or writes: at the last column of C, and where a row or a tile of A or B ends. */
  #useCounts(): void {
    const { transposeA, transposeB, k } = this.#shape;
    const { lanes } = this.#machine;
    const lengths = [this.#last?.count ?? 0];
    if (this.#plan.copiesA && transposeA) lengths.push(...this.#heights.map(({ rows }) => rows));
    else if (this.#plan.copiesA || transposeB) lengths.push(k!);
    for (const count of new Set(lengths.map(length => length % lanes))) {
      if (count > 0) this.#machine.useCount(count, TEMPORARY);
    }
  }

  /** Block after block of the depth. */
  #depths(): void {
    const { k, lda, ldb, transposeA, transposeB } = this.#shape;
    const { byShards } = this.#plan;
    const machine = this.#machine;
    if (k === null) machine.loadWord(TEMPORARY, argument(WORDS.size));
    else machine.set(TEMPORARY, k);
    machine.storeWord(argument(WORDS.depthLeft), TEMPORARY);

    machine.label('depth');
    this.#loadDepth();
    this.#rows();
    this.#advance(WORDS.depthOfA, transposeA ? lda * 4 : 4, DEPTH);
    this.#advance(WORDS.depthOfB, transposeB ? 4 : ldb * 4, DEPTH);
    this.#set(WORDS.accumulate, 1);
    machine.loadWord(TEMPORARY, argument(WORDS.depthLeft));
    machine.subtract(TEMPORARY, DEPTH);
    machine.storeWord(argument(WORDS.depthLeft), TEMPORARY);
    if (byShards) {
      // The second block is the rest.
      machine.storeWord(argument(WORDS.depth), TEMPORARY);
      machine.loadWord(COUNTER, argument(WORDS.pairsAtOnce));
      this.#advance(WORDS.pairs, PAIR_WORDS * 4, COUNTER);
      machine.loadWord(TEMPORARY, argument(WORDS.depthLeft));
    }
    machine.jumpIf(TEMPORARY, 'notEqual', 0, 'depth');
  }

  #loadDepth(): void {
    const machine = this.#machine;
    if (this.#plan.byShards) {
      machine.loadWord(DEPTH, argument(WORDS.depth));
      return;
    }
    machine.loadWord(DEPTH, argument(WORDS.depthLeft));
    machine.jumpIf(DEPTH, 'below', BLOCK, 'depth set');
    machine.set(DEPTH, BLOCK);
    machine.label('depth set');
  }

  /** Block after block of rows. */
  #rows(): void {
    const { lda, ldc, transposeA } = this.#shape;
    const machine = this.#machine;
    for (const [from, to] of [
      [WORDS.firstOfC, WORDS.rowsOfC],
      [WORDS.depthOfA, WORDS.rowsOfA],
    ] as const) {
      machine.loadLong(TEMPORARY, argument(from));
      machine.storeLong(argument(to), TEMPORARY);
    }
    for (const [from, to] of [
      [WORDS.tiles, WORDS.tilesLeft],
      [WORDS.smaller, WORDS.smallerLeft],
    ] as const) {
      machine.loadWord(TEMPORARY, argument(from));
      machine.storeWord(argument(to), TEMPORARY);
    }
    machine.label('rows');
    this.#takeTiles();
    if (this.#plan.copiesA) {
      if (transposeA) this.#packing.columnsOfA(this.#heights, this.#plan.tile);
      else this.#packing.rowsOfA(this.#heights);
    }
    this.#allPanels();
    for (const { rows, now } of this.#heights) {
      machine.loadWord(TILES, argument(now));
      this.#advance(WORDS.rowsOfC, rows * ldc * 4, TILES);
      this.#advance(WORDS.rowsOfA, rows * (transposeA ? 1 : lda) * 4, TILES);
    }
    for (const { left } of this.#heights) {
      machine.loadWord(TEMPORARY, argument(left));
      machine.jumpIf(TEMPORARY, 'notEqual', 0, 'rows');
    }
  }

  /** Takes the next tiles from those that are left, `tilesAtOnce` at most. */
  #takeTiles(): void {
    const machine = this.#machine;
    const room = TEMPORARY;
    machine.loadWord(room, argument(WORDS.tilesAtOnce));
    for (const { rows, left, now } of this.#heights) {
      machine.loadWord(TILES, argument(left));
      machine.move(COUNTER, TILES);
      machine.jumpIf(COUNTER, 'below', { register: room }, `room for ${rows}`);
      machine.move(COUNTER, room);
      machine.label(`room for ${rows}`);
      machine.storeWord(argument(now), COUNTER);
      machine.subtract(room, COUNTER);
      machine.subtract(TILES, COUNTER);
      machine.storeWord(argument(left), TILES);
    }
  }

  #allPanels(): void {
    const machine = this.#machine;
    machine.loadLong(TEMPORARY, argument(WORDS.depthOfB));
    machine.storeLong(argument(WORDS.nextOfB), TEMPORARY);
    machine.loadLong(C_PANEL, argument(WORDS.rowsOfC));
    if (this.#panels > 0) {
      this.#set(WORDS.panelsLeft, this.#panels);
      this.#set(WORDS.packedLeft, 0);
      machine.label('panel');
      this.#takePanel(this.#whole);
      this.#allTiles(this.#whole);
      machine.addConstant(C_PANEL, this.#panelRow);
      this.#advance(WORDS.panelOfB, panelBytes(machine.lanes));
      machine.loadWord(TEMPORARY, argument(WORDS.packedLeft));
      machine.addConstant(TEMPORARY, -1);
      machine.storeWord(argument(WORDS.packedLeft), TEMPORARY);
      machine.loadWord(TEMPORARY, argument(WORDS.panelsLeft));
      machine.addConstant(TEMPORARY, -1);
      machine.storeWord(argument(WORDS.panelsLeft), TEMPORARY);
      machine.jumpIf(TEMPORARY, 'notEqual', 0, 'panel');
    }
    if (!this.#last) return;
    this.#takePanel(this.#last);
    this.#allTiles(this.#last);
  }

  /** panelOfB ← the next panel: as it lies, or packed together with those after it. */
  #takePanel(panel: Panel): void {
    const machine = this.#machine;
    const { lanes } = machine;
    const { ldb, transposeB } = this.#shape;
    if (!this.#packs) {
      machine.loadLong(TEMPORARY, argument(WORDS.nextOfB));
      machine.storeLong(argument(WORDS.panelOfB), TEMPORARY);
      this.#advance(WORDS.nextOfB, this.#panelRow);
      return;
    }
    if (transposeB) {
      this.#packing.transposed(panel);
      this.#advance(WORDS.nextOfB, 2 * lanes * ldb * 4);
    } else if (panel === this.#last) {
      this.#packing.plain(panel, 1);
    } else {
      machine.loadWord(TEMPORARY, argument(WORDS.packedLeft));
      machine.jumpIf(TEMPORARY, 'notEqual', 0, `${panel.name} packed`);
      this.#packWhole();
    }
    machine.storeLong(argument(WORDS.panelOfB), SCRATCH);
    machine.label(`${panel.name} packed`);
  }

  /** Packs whole panels: several at once as long as there are so many. */
  #packWhole(): void {
    const machine = this.#machine;
    const atOnce = panelsAtOnce(machine.lanes);
    if (this.#panels >= atOnce) {
      machine.loadWord(TEMPORARY, argument(WORDS.panelsLeft));
      machine.jumpIf(TEMPORARY, 'below', atOnce, 'pack one');
      this.#packing.plain(this.#whole, atOnce);
      this.#set(WORDS.packedLeft, atOnce);
      this.#advance(WORDS.nextOfB, atOnce * this.#panelRow);
      machine.jump('have packed');
      machine.label('pack one');
    }
    if (this.#panels % atOnce > 0) {
      this.#packing.plain(this.#whole, 1);
      this.#set(WORDS.packedLeft, 1);
      this.#advance(WORDS.nextOfB, this.#panelRow);
    }
    machine.label('have packed');
  }

  /** All tiles of one panel. */
  #allTiles(panel: Panel): void {
    const machine = this.#machine;
    const { ldc } = this.#shape;
    machine.move(C_TILE, C_PANEL);
    if (this.#plan.copiesA) {
      machine.move(A_ROWS, SCRATCH);
      machine.addConstant(A_ROWS, packedBytes(machine.lanes) + stackBytes(machine.lanes));
    } else {
      machine.loadLong(A_ROWS, argument(WORDS.rowsOfA));
    }
    for (const { rows, now } of this.#heights) {
      const label = `${panel.name} tiles of ${rows}`;
      machine.loadWord(TILES, argument(now));
      machine.jumpIf(TILES, 'equal', 0, `${label} done`);
      machine.label(label);
      machine.callLeaf(tileLabel(rows, panel));
      machine.addConstant(C_TILE, rows * ldc * 4);
      this.#toNextTile(rows);
      machine.countDown(TILES, label);
      machine.label(`${label} done`);
    }
  }

  /** A_ROWS ← A where the next tile begins. */
  #toNextTile(rows: number): void {
    const machine = this.#machine;
    if (this.#shape.transposeA && this.#plan.copiesA) {
      machine.multiplyConstant(TEMPORARY, DEPTH, this.#plan.tile * 4);
      machine.add(A_ROWS, TEMPORARY);
      machine.addConstant(A_ROWS, COPY_GAP);
    } else {
      machine.addConstant(A_ROWS, rows * this.#stepsOfA().row);
    }
  }

  #set(word: number, value: number): void {
    this.#machine.set(TEMPORARY, value);
    this.#machine.storeWord(argument(word), TEMPORARY);
  }

  /** The long in a word ← itself + value, or + value · of. */
  #advance(word: number, value: number, of: General | null = null): void {
    const machine = this.#machine;
    machine.loadLong(B_TILE, argument(word));
    if (of === null) machine.addConstant(B_TILE, value);
    else {
      machine.multiplyConstant(TEMPORARY, of, value);
      machine.add(B_TILE, TEMPORARY);
    }
    machine.storeLong(argument(word), B_TILE);
  }
}
