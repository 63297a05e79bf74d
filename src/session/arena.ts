/**
 * The shared memory of one job: laid out by src/model/plan.ts, filled with the data, accessed by typed views. Slabs are
 * read and written as one array without gaps. Owns the memory. It may only be written while no thread runs, except for
 * the order that the current epoch doesn't use.
 */

import type { Dataset } from '../data/dataset.js';
import { blocksOf, featuresOf, type Rows, rowBytes, type Span } from '../data/rows.js';
import { failure, usageError } from '../errors.js';
import { describeAddressLimit, hintOfAddresses } from '../limits.js';
import { countParameters, layersOf, type Network } from '../model/network.js';
import { entryOf, fitsInto, layOut, type Plan, type PlanRequest, planMemory, viewOf } from '../model/plan.js';
import type { Range } from '../model/shards.js';
import { MOST_ROWS } from '../model/walk.js';
import { adviseLargePages } from '../native.js';
import { option } from '../option-names.js';
import type { TableName, TableSetup } from '../protocol/tasks.js';
import { idlePools, PAGE_BYTES } from '../threads/idle-pools.js';
import type { RowWeights } from './emphasis.js';

type TableSetups = Record<TableName, TableSetup | null>;

/** What the plan needs, except for the shapes of the data. */
export type ArenaRequest = Omit<PlanRequest, 'training' | 'validation'>;

/** What is in memory of the training rows. */
export interface RowsInMemory {
  /** Most bytes of the arena; null: as much as is usual, or more if that is too little. */
  memory: number | null;
  /** The room for windows of them; null if all have to be in memory. */
  windows: WindowRoom | null;
  /** Why, as the end of a sentence that begins with The rows; null if that needs no reason. */
  whyWhole: string | null;
  /** Validation rows of a window, if they may be judged in windows: the arena holds two. Otherwise null. */
  judged: number | null;
}

/** The room that two windows of the training rows take (windows.ts). */
export interface WindowRoom {
  rows: number;
  /** Rows that the steps of one window take: those of the last one may lie in the next window. */
  orderRows: number;
}

/** Rows, the weights of rows and labels, and label smoothing. */
export interface Table extends RowWeights {
  data: Dataset;
  labelWeights: readonly number[] | null;
  smoothing: number;
}

export class Arena {
  readonly memory: WebAssembly.Memory;
  readonly plan: Plan;
  readonly tables: TableSetups;
  /** Whether it holds windows of the training rows, not all of them. */
  readonly isWindowed: boolean;
  /** Validation rows of a window, if it holds two windows of them; null: it holds all. */
  readonly judged: number | null;
  readonly #network: Network;

  /** @throws failed if the system doesn't provide so much memory */
  constructor(
    { network, backend }: ArenaRequest,
    tables: TableSetups,
    { plan, isWindowed, judged }: ChosenPlan,
  ) {
    this.#network = network;
    this.tables = tables;
    this.plan = plan;
    this.isWindowed = isWindowed;
    this.judged = judged;
    this.memory = idlePools.takeMemory(this.plan.bytes) ?? allocate(this.plan.bytes);
    // Rows are gathered from all over the data: with small pages, each costs a walk through the page tables.
    if (backend === 'blas' || backend === 'native') adviseLargePages(this.memory);
  }

  /** The bytes of all entries of the plan whose names begin like this. */
  bytesOf(prefix: string): Uint8Array[] {
    const entries = this.plan.entries.filter(({ name }) => name.startsWith(prefix));
    return entries.map(({ name, dtype }) => {
      const { buffer, byteOffset, byteLength } = viewOf(this.plan, this.memory, name, dtype);
      return new Uint8Array(buffer, byteOffset, byteLength);
    });
  }

  /** The bytes of some rows of an entry of the plan. */
  bytesOfRows(name: string, { begin, end }: Range): Uint8Array {
    const { offset, dtype, shape } = entryOf(this.plan, name);
    const row = viewOf(this.plan, this.memory, name, dtype).byteLength / shape[0]!;
    return new Uint8Array(this.memory.buffer, offset + begin * row, (end - begin) * row);
  }

  /** Leaves the memory to the next job; it must not be used afterwards. */
  release(): void {
    idlePools.giveMemory(this.memory);
  }

  /** An entry of the plan as a typed array. */
  view<T extends 'i32' | 'u32' | 'f32' | 'f64'>(name: string, dtype: T) {
    return viewOf(this.plan, this.memory, name, dtype);
  }

  /** A copy of a slab, layer after layer, without gaps. */
  readSlab(name: string): Float32Array {
    const values = new Float32Array(countParameters(this.#network));
    let next = 0;
    for (const part of this.#parts(name)) {
      values.set(part, next);
      next += part.length;
    }
    return values;
  }

  /** @throws usage if there are not as many values as the network has parameters */
  writeSlab(name: string, values: Float32Array): void {
    const parameters = countParameters(this.#network);
    if (values.length !== parameters) {
      throw usageError(`weights: expected ${parameters} parameters, got ${values.length}.`);
    }
    let next = 0;
    for (const part of this.#parts(name)) {
      part.set(values.subarray(next, next + part.length));
      next += part.length;
    }
  }

  /** The bytes of a slab in the arena, including gaps. */
  slabBytes(name: string): Uint8Array {
    return new Uint8Array(this.memory.buffer, entryOf(this.plan, `${name}/1`).offset, this.plan.slabBytes);
  }

  #parts(name: string): Float32Array[] {
    return layersOf(this.#network).map((_, i) => this.view(`${name}/${i + 1}`, 'f32'));
  }

  /** Writes the rows begin ≤ i < end to the places from `at` on. */
  #writeRows(name: string, rows: Rows, { begin, end }: Range, at: number): void {
    const { width } = rows;
    const view = viewOf(this.plan, this.memory, name, rows.type);
    for (const { from, to } of blocksOf(end - begin, rowBytes(rows))) {
      rows.write(view.subarray((at + from) * width, (at + to) * width), begin + from, begin + to);
    }
  }

  /** Writes inputs, targets and weights of the rows begin ≤ i < end to the places from `at` on. */
  writePart(name: TableName, table: Table, { begin, end }: Range, at: number): void {
    this.#writeRows(`${name}/x`, table.data.x, { begin, end }, at);
    this.writeTargets(name, table, { from: begin, to: end }, at);
  }

  /** First byte of an entry of the plan. */
  offsetOf(name: string): number {
    return entryOf(this.plan, name).offset;
  }

  /** Writes a table's rows, unless windows of them are written later. */
  fill(name: TableName, table: Table): void {
    const { data, labelWeights } = table;
    const isWhole = name === 'validation' ? this.judged === null : !this.isWindowed;
    if (isWhole) this.writePart(name, table, { begin: 0, end: data.rows }, 0);
    if (data.x.spans) writeSpans(this.view(`${name}/spans`, 'u32'), data.x.spans);
    if (labelWeights) this.view(`${name}/labelWeights`, 'f32').set(labelWeights);
  }

  /** Writes targets and weights of the rows from ≤ i < to, to the places in the arena from `at` on. */
  writeTargets(
    name: TableName,
    { data, weights, counts, smoothing }: Table,
    { from, to }: { from: number; to: number },
    at: number,
  ): void {
    // Class numbers are stored bit by bit in the float32 entry of y.
    const width = data.y.length / data.rows;
    const targets = data.y.subarray(from * width, to * width);
    const y = this.view(`${name}/y`, 'f32').subarray(at * width, (at + to - from) * width);
    new Uint8Array(y.buffer, y.byteOffset, y.byteLength).set(
      new Uint8Array(targets.buffer, targets.byteOffset, targets.byteLength),
    );
    // Targets of 0 and 1 are smoothed here, once; the kernel smooths classes.
    if (this.#network.loss === 'binary-cross-entropy' && smoothing > 0) {
      for (let i = 0; i < y.length; i++) y[i] = (1 - smoothing) * y[i]! + smoothing / 2;
    }
    if (weights) this.view(`${name}/weights`, 'f32').set(weights.subarray(from, to), at);
    if (counts) this.view(`${name}/counts`, 'f32').set(counts.subarray(from, to), at);
  }
}

/** How memory is laid out, and whether it holds windows of the training rows, not all of them. */
export interface ChosenPlan {
  plan: Plan;
  isWindowed: boolean;
  /** Validation rows of a window; null if all are in memory. */
  judged: number | null;
}

/**
 * All rows if they fit, else windows of the validation rows, of the training rows, or of both. Without training rows, windows if
 * there may be some.
 * @param limits `usual`: most bytes if no others are given; `mayHoldAll`: whether all training rows are allowed if they fit
 * @throws usage if neither fits
 */
export function choosePlan(
  request: ArenaRequest,
  { training, validation }: TableSetups,
  { memory, windows, whyWhole, judged }: RowsInMemory,
  { usual, mayHoldAll = true }: { usual: number; mayHoldAll?: boolean },
): ChosenPlan {
  const features = request.network.layers[0]!;
  const requestOf = (room: WindowRoom | null, window: number | null): PlanRequest => ({
    ...request,
    training: training && { ...training, ...room, features },
    validation: validation && { ...validation, ...(window && { rows: 2 * window }), features },
    ...(window && { judgedRows: validation!.rows }),
  });
  const most = memory ?? usual;
  const wholes = mayHoldAll || !windows ? [null] : [];
  const rooms = [...wholes, ...(windows ? [windows] : [])];
  // A worker's part of a window is at least one micro-batch.
  const parts = judged && validation ? [Math.max(judged, MOST_ROWS * request.workers)] : [];
  // Rows that are only judged are read once, so having all of them in memory would save nothing.
  const judgings = training === null && parts.length > 0 ? parts : [null, ...parts];
  const choices = rooms.flatMap(room => judgings.map(window => ({ room, window })));
  for (const { room, window } of choices) {
    const plan = layOut(requestOf(room, window));
    if (fitsInto(plan, most)) return { plan, isWindowed: room !== null, judged: window };
  }
  const { room, window } = choices.at(-1)!;
  const because = whyWhole === null ? '' : `The rows ${whyWhole}.`;
  const isInWindows = training === null ? window !== null : windows !== null;
  const needed = isInWindows ? 'Two windows of the rows have to fit.' : because;
  // Says what takes more than any arena can have.
  const plan = planMemory(requestOf(room, window), needed);
  if (memory === null) return { plan, isWindowed: room !== null, judged: window };
  throw tooLittle(most, plan.bytes, needed);
}

/** The error of a limit of memory below what is needed at least, both in bytes. */
export function tooLittle(most: number, needed: number, hint: string) {
  const inK = (bytes: number, round: (value: number) => number) => `${round(bytes / 2 ** 10)}K`;
  return usageError(
    `${option('memory')}: expected at least ${inK(needed, Math.ceil)}, got ${inK(most, Math.floor)}.`,
    hint,
  );
}

/** The format that the kernels read: kind and size of each span, then the values on and off of all features, if any differ. */
function writeSpans(to: Uint32Array, spans: readonly Span[]): void {
  const KINDS = { numbers: 0, oneHot: 1, levels: 2 } as const;
  to.set(spans.flatMap(span => [KINDS[span.kind], featuresOf(span)]));
  if (!hasLevels(spans)) return;
  const valuesOf = (which: 'on' | 'off') =>
    spans.flatMap(span =>
      span.kind === 'levels' ? span[which] : new Array<number>(featuresOf(span)).fill(0),
    );
  const levels = Float32Array.from([...valuesOf('on'), ...valuesOf('off')]);
  to.set(new Uint32Array(levels.buffer), 2 * spans.length);
}

function hasLevels(spans: readonly Span[]): boolean {
  return spans.some(({ kind }) => kind === 'levels');
}

/** What the threads need to know of a table. */
export function describeTable(table: Table, { loss }: Pick<Network, 'loss'>): TableSetup {
  const { data, weights, counts, labelWeights, smoothing } = table;
  const { rows, x, y, encoding, scale } = data;
  const { type, width, spans } = x;
  return {
    ...{ rows, type, width, spans: spans?.length ?? 0, levels: hasLevels(spans ?? []), scale },
    ...{ targets: y.length / rows, targetIsInput: encoding.targetIsInput ?? false },
    weighs: weights !== null,
    counts: counts !== null,
    labelsWeigh: labelWeights !== null,
    smoothing: loss === 'cross-entropy' ? smoothing : 0,
  };
}

/** The limit of WebAssembly, 4 GiB. */
const MOST_PAGES = 65_536;

/**
 * Memory that a later job can grow, unless the address space of this process is limited. Pages that are never written
 * take no memory.
 * @throws failed if the system doesn't provide so much
 */
function allocate(bytes: number): WebAssembly.Memory {
  const initial = Math.ceil(bytes / PAGE_BYTES);
  const limit = describeAddressLimit();
  const maximum = limit === null ? MOST_PAGES : initial;
  try {
    return new WebAssembly.Memory({ initial, maximum, shared: true });
  } catch (cause) {
    const shared = `${Math.ceil(bytes / 2 ** 20)} MiB to share between the workers`;
    if (limit !== null) {
      throw failure(`memory: expected ${shared}, got none: ${limit}.`, hintOfAddresses(), cause);
    }
    throw failure(
      `memory: expected ${shared}, got less from this machine.`,
      `End other programs, or try fewer rows or columns, fewer hidden units, or fewer ${option('shards')}.`,
      cause,
    );
  }
}
