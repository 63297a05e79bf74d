/**
 * The shared memory of one job: laid out by src/model/plan.ts, filled with the data, accessed by typed views. Slabs are
 * read and written as one array without gaps. Owns the memory. It may only be written while no thread runs, except for
 * the order that the current epoch doesn't use.
 */

import type { Dataset } from '../data/dataset.js';
import { blocksOf, type Rows, rowBytes, type Span } from '../data/rows.js';
import { failure, usageError } from '../errors.js';
import { describeAddressLimit, hintOfAddresses } from '../limits.js';
import { countParameters, layersOf, type Network } from '../model/network.js';
import { entryOf, type Plan, type PlanRequest, planMemory, viewOf } from '../model/plan.js';
import { adviseLargePages } from '../native.js';
import { option } from '../option-names.js';
import type { TableName, TableSetup } from '../protocol/tasks.js';
import { idlePools, PAGE_BYTES } from '../threads/idle-pools.js';
import type { RowWeights } from './emphasis.js';

/** What the plan needs, except for the shapes of the data. */
type ArenaRequest = Omit<PlanRequest, 'training' | 'validation'>;

/** Rows, the weights of rows and labels, and label smoothing. */
export interface Table extends RowWeights {
  data: Dataset;
  labelWeights: readonly number[] | null;
  smoothing: number;
}

export class Arena {
  readonly memory: WebAssembly.Memory;
  readonly plan: Plan;
  readonly tables: Record<TableName, TableSetup | null>;
  readonly #network: Network;

  /** @throws usage if it would be larger than 4 GiB; failed if the system doesn't provide it */
  constructor(request: ArenaRequest, tables: Record<TableName, TableSetup | null>) {
    const { network } = request;
    const shapeOf = (table: TableSetup | null) => table && { ...table, features: network.layers[0]! };
    this.#network = network;
    this.tables = tables;
    this.plan = planMemory({
      ...request,
      training: shapeOf(tables.training),
      validation: shapeOf(tables.validation),
    });
    this.memory = idlePools.takeMemory(this.plan.bytes) ?? allocate(this.plan.bytes);
    // Rows are gathered from all over the data: with small pages, each costs a walk through the page tables.
    if (request.backend === 'blas' || request.backend === 'native') adviseLargePages(this.memory);
  }

  /** The bytes of all entries of the plan whose names begin like this. */
  bytesOf(prefix: string): Uint8Array[] {
    const entries = this.plan.entries.filter(({ name }) => name.startsWith(prefix));
    return entries.map(({ name, dtype }) => {
      const { buffer, byteOffset, byteLength } = viewOf(this.plan, this.memory, name, dtype);
      return new Uint8Array(buffer, byteOffset, byteLength);
    });
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

  #writeRows(name: string, rows: Rows): void {
    const view = viewOf(this.plan, this.memory, name, rows.type);
    for (const { from, to } of blocksOf(rows.count, rowBytes(rows))) {
      rows.write(view.subarray(from * rows.width, to * rows.width), from, to);
    }
  }

  /** Writes a table's rows. */
  fill(name: TableName, { data, weights, counts, labelWeights, smoothing }: Table): void {
    this.#writeRows(`${name}/x`, data.x);
    if (data.x.spans) this.view(`${name}/spans`, 'u32').set(data.x.spans.flatMap(spanWords));
    // Class numbers are stored bit by bit in the float32 entry of y.
    const y = this.view(`${name}/y`, 'f32');
    new Uint8Array(y.buffer, y.byteOffset, y.byteLength).set(
      new Uint8Array(data.y.buffer, data.y.byteOffset, data.y.byteLength),
    );
    // Targets of 0 and 1 are smoothed here, once; the kernel smooths classes.
    if (this.#network.loss === 'binary-cross-entropy' && smoothing > 0) {
      for (let i = 0; i < y.length; i++) y[i] = (1 - smoothing) * y[i]! + smoothing / 2;
    }
    if (weights) this.view(`${name}/weights`, 'f32').set(weights);
    if (counts) this.view(`${name}/counts`, 'f32').set(counts);
    if (labelWeights) this.view(`${name}/labelWeights`, 'f32').set(labelWeights);
  }
}

/** The format that the kernels read. */
function spanWords(span: Span): [number, number] {
  return span.kind === 'numbers' ? [0, span.count] : [1, span.values];
}

/** What the threads need to know of a table. */
export function describeTable(table: Table, { loss }: Pick<Network, 'loss'>): TableSetup {
  const { data, weights, counts, labelWeights, smoothing } = table;
  const { rows, x, y, encoding, scale } = data;
  const { type, width, spans } = x;
  return {
    ...{ rows, type, width, spans: spans?.length ?? 0, scale },
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
