/**
 * The memory plan: a pure function from what a job needs to a list of places in the one shared arena. The coordinator and
 * the workers make all their views from it. Allocates nothing.
 *
 * Weights and gradients are slabs: all W(l) one after the other, each on a 64-byte boundary, with zeros in the gaps. By
 * shard, memory does not grow with the batch, as a scratch holds one micro-batch, and grows with the logarithm of the number
 * of shards; by block, there is one gradient slab and a scratch for the whole batch.
 */

import { usageError } from '../errors.js';
import { isDerivedFromA } from '../kernels/activations.js';
import type { BackendName, ElementType } from '../kernels/kernels.js';
import { scratchBytes } from '../kernels/sizes.js';
import { option } from '../option-names.js';
import { chunksOf } from './chunks.js';
import { type Layer, layersOf, type Network } from './network.js';
import { isByRows, needsNorms, numbersOf, type Optimizer, searches, slabsOf } from './optimizer.js';
import type { Perturbation } from './perturbation.js';

const ALIGNMENT = 64;
/** Of what a disk can write into directly. */
const PAGE_BYTES = 4096;
/** What 32 bits can address: the limit of a WebAssembly memory. */
const MOST_BYTES = 2 ** 32;
/** A kernel's loop ends at the address behind its last element, which must not be 2³², and so 0. */
const LAST_BYTE = MOST_BYTES - ALIGNMENT;
const CONTROL_WORDS = 144;
/** Words in which a worker notes what it did last (src/protocol/trail.ts): two cache lines. */
export const TRAIL_WORDS = 32;
/** Float64 values per shard for its metrics: a cache line, so that workers don't share one. */
const METRICS_PER_SHARD = 8;
/** Float64 values that ranks exchange in each step: whether to stop; then, of each shard, E, correct rows and Σ |∇Eₙ|². */
export const EXCHANGED_WORDS = 1;
export const EXCHANGED_PER_SHARD = 3;
/** Floats between two workers' largest changes, likewise. */
const CHANGE_STRIDE = 16;
/** Phases whose milliseconds a worker adds up; waiting is the time in barriers. */
export const PHASES = ['gather', 'forward', 'backward', 'update', 'waiting'] as const;
export type Phase = (typeof PHASES)[number];
/** The same with the exchange, which only steps on several ranks have. */
export const RANK_PHASES: readonly RankPhase[] = [...PHASES, 'exchange'];
export type RankPhase = Phase | 'exchange';
/** A number for each phase. */
export type ByPhase = Readonly<Record<Phase, number> & Partial<Record<RankPhase, number>>>;
/** Float64 values between two workers' phases, a cache line. */
export const PHASE_STRIDE = 8;
/** Vectors whose norms update rules need: the weights, the gradient, and the step. */
export const NORM_KINDS = ['w', 'gradient', 'step'] as const;
/** Inner products that are summed at once for a rule that works with whole vectors. */
export const DOTS_AT_ONCE = 2;

/** A span, a part of a stored row: 0 and its count of numbers, or 1 and the count of values of a category. */
const SPAN_WORDS = 2;

const ELEMENT_BYTES = { u8: 1, i32: 4, u32: 4, f32: 4, f64: 8 } as const;
type ElementName = keyof typeof ELEMENT_BYTES;

interface PlanEntry {
  name: string;
  shape: number[];
  dtype: ElementName;
  /** In bytes, a multiple of 64; that of the training rows of 4,096. */
  offset: number;
}

/** A table of rows in the arena. */
export interface TableShape {
  rows: number;
  /** Rows of an order, if that is not of all rows. */
  orderRows?: number;
  features: number;
  /** Elements of x per row. */
  width: number;
  type: ElementType;
  /** Parts of a row of x if categories are stored by number; 0 if each element is a feature. */
  spans: number;
  /** Whether features of categories have other values than 0 and 1. */
  levels?: boolean;
  /** Four-byte elements of y per row. */
  targets: number;
  /** Whether y is x; then only gathered rows have a y. */
  targetIsInput?: boolean;
  /** Whether each row has a weight in E, and one in metrics. */
  weighs: boolean;
  counts: boolean;
  /** Whether each target has a weight. */
  labelsWeigh: boolean;
}

/** What a job needs. */
export interface PlanRequest {
  network: Network;
  backend: BackendName;
  workers: number;
  shards: number;
  /** Whether the coordinator does the update. */
  coordinates?: boolean;
  /** Most rows that each worker processes at once. */
  scratchRows: readonly number[];
  /** Gradient slabs of all workers (folding.ts) if some steps are walked by shard; at least one. */
  slabs: number;
  /** Buffers of a worker for blocks of gradients of single shards, and their float32 elements; 0 if none are needed. */
  foldBuffers: number;
  foldFloats: number;
  /** Rows of the largest step that is walked by block, which needs a scratch; 0 if there is none. */
  blockRows: number;
  /** Float32 elements of a block of parameters; 0 if there are none. */
  blockFloats: number;
  /** Most steps per epoch: those of the smallest batch. */
  stepsPerEpoch: number;
  /** Parts of the sum of the gradient's squares, for the noise scale; 0 if it is not measured. */
  noiseParts: number;
  /** The ranks that train together, 1 by default, and the workers of all of them. */
  ranks?: number;
  allWorkers?: number;
  /** Its state needs further slabs. */
  optimizer: Optimizer;
  /** Layers with dropout keep z from before it. */
  perturbation?: Perturbation | null;
  training: TableShape | null;
  validation: TableShape | null;
  /** Whether ŷ of every validation row is kept, and how many these are if not all are in memory. */
  keepPredictions: boolean;
  judgedRows?: number;
  /** Bytes of each worker for measurements of the machine; 0: none are made, and none of when each step ended. */
  measuredBytes: number;
}

export interface Plan {
  entries: PlanEntry[];
  /** Size of one slab of parameters, including gaps. */
  slabBytes: number;
  bytes: number;
}

/**
 * Lays out the arena.
 * @param needed a sentence on what has to fit
 * @throws usage if it would be larger than 4 GiB
 */
export function planMemory(request: PlanRequest, needed = ''): Plan {
  const plan = layOut(request);
  if (plan.bytes > LAST_BYTE) throw tooLarge(plan, needed);
  return plan;
}

/** Whether the arena of a plan can be made, and has at most so many bytes. */
export function fitsInto({ bytes }: Plan, most: number): boolean {
  return bytes <= Math.min(most, LAST_BYTE);
}

/** Lays out the arena, however large it is. */
export function layOut(request: PlanRequest): Plan {
  const layout = new Layout(request.network);
  placeWords(layout, request);
  const slabBytes = layout.slab('w');
  if (request.training) placeGradients(layout, request);
  placeScratch(layout, request);
  placeTables(layout, request);
  const { entries, bytes } = layout;
  return { entries, slabBytes, bytes };
}

/** Places, one after the other. */
class Layout {
  readonly entries: PlanEntry[] = [];
  readonly #layers: Layer[];
  bytes = ALIGNMENT;

  constructor(network: Network) {
    this.#layers = layersOf(network);
  }

  toPage(): void {
    this.bytes = Math.ceil(this.bytes / PAGE_BYTES) * PAGE_BYTES;
  }

  place(name: string, dtype: ElementName, ...shape: number[]): void {
    const entry = { name, shape, dtype, offset: this.bytes };
    this.bytes = Math.ceil((entry.offset + sizeOf(entry)) / ALIGNMENT) * ALIGNMENT;
    this.entries.push(entry);
  }

  /** Places all W(l), or something of their shape. Returns its bytes, including gaps. */
  slab(name: string): number {
    const begin = this.bytes;
    this.#layers.forEach(({ inputs, outputs }, i) => {
      this.place(`${name}/${i + 1}`, 'f32', inputs + 1, outputs);
    });
    return this.bytes - begin;
  }
}

/** Control words and sums that are written between barriers, and the sums of the epoch's steps. */
function placeWords(layout: Layout, request: PlanRequest): void {
  const { workers, shards, stepsPerEpoch, noiseParts, ranks = 1, allWorkers = workers } = request;
  layout.place('control', 'i32', CONTROL_WORDS);
  layout.place('trail', 'i32', workers, TRAIL_WORDS);
  layout.place('metrics', 'f64', shards, METRICS_PER_SHARD);
  layout.place('change', 'f32', allWorkers, CHANGE_STRIDE);
  layout.place('step/loss', 'f64', stepsPerEpoch);
  layout.place('step/right', 'f64', stepsPerEpoch);
  if (ranks > 1) layout.place('exchange', 'f64', ranks, EXCHANGED_WORDS + EXCHANGED_PER_SHARD * shards);
  if (noiseParts === 0) return;
  layout.place('noise/shards', 'f64', shards, METRICS_PER_SHARD);
  layout.place('noise/parts', 'f64', noiseParts);
  layout.place('step/noise', 'f64', stepsPerEpoch, 2);
}

/** Gradients, and the state of the update rule. */
function placeGradients(layout: Layout, { network, optimizer, slabs }: PlanRequest): void {
  for (let s = 0; s < slabs; s++) layout.slab(`gw${s}`);
  for (const name of slabsOf(optimizer)) layout.slab(`state/${name}`);
  const chunks = chunksOf(network, isByRows(optimizer)).length;
  if (needsNorms(optimizer)) layout.place('norms', 'f64', chunks, NORM_KINDS.length);
  if (!searches(optimizer)) return;
  layout.slab('direction');
  layout.place('state/numbers', 'f64', numbersOf(optimizer));
  layout.place('dots', 'f64', 2, chunks, DOTS_AT_ONCE);
}

/** Scratch of the workers: a micro-batch each, and the whole batch if some are walked by block. */
function placeScratch(layout: Layout, request: PlanRequest): void {
  const { workers, scratchRows, blockRows, blockFloats, foldBuffers } = request;
  for (let i = 0; i < workers; i++) placeRows(layout, request, `scratch${i}`, scratchRows[i]!);
  if (blockRows > 0) placeRows(layout, request, 'batch', blockRows);
  for (let i = 0; i < workers; i++) {
    layout.place(`worker${i}/kernels`, 'u8', scratchBytes(request.backend));
    if (blockRows > 0) layout.place(`worker${i}/block`, 'f32', blockFloats);
    if (foldBuffers > 0) layout.place(`worker${i}/folds`, 'f32', foldBuffers, request.foldFloats);
    if (request.measuredBytes > 0) layout.place(`worker${i}/measured`, 'u8', request.measuredBytes);
  }
  if (request.coordinates) layout.place('coordinator/kernels', 'u8', scratchBytes(request.backend));
  if (request.measuredBytes > 0) layout.place('step/end', 'f64', request.stepsPerEpoch);
}

/** x, y, and a, z and delta of every layer. */
function placeRows(layout: Layout, request: PlanRequest, name: string, rows: number): void {
  const { network, training, validation, perturbation } = request;
  const tables = [training, validation].filter(shape => shape !== null);
  const layers = layersOf(network);
  layout.place(`${name}/rows`, 'u32', rows);
  layout.place(`${name}/x`, 'f32', rows, network.layers[0]!);
  layout.place(`${name}/y`, 'f32', rows, Math.max(0, ...tables.map(gatheredTargets)));
  if (tables.some(shape => shape.weighs)) layout.place(`${name}/weights`, 'f32', rows);
  if (tables.some(shape => shape.counts)) layout.place(`${name}/counts`, 'f32', rows);
  layers.forEach(({ outputs, activation }, l) => {
    layout.place(`${name}/z${l + 1}`, 'f32', rows, outputs);
    const isDropped = perturbation && perturbation.dropout[l + 1]! > 0;
    if (training && (isDerivedFromA(activation) || isDropped)) {
      layout.place(`${name}/a${l + 1}`, 'f32', rows, outputs);
    }
  });
  if (!training) return;
  layers.slice(0, -1).forEach(({ outputs }, l) => {
    layout.place(`${name}/delta${l + 1}`, 'f32', rows, outputs);
  });
}

/** The data, the order of its rows, and what is read at the end. */
function placeTables(layout: Layout, request: PlanRequest): void {
  const { network, workers, training, validation } = request;
  if (training) {
    layout.place('phases', 'f64', workers, PHASE_STRIDE);
    layout.toPage();
    placeTable(layout, 'training', training);
    const { orderRows = training.rows } = training;
    layout.place('order0', 'u32', orderRows);
    layout.place('order1', 'u32', orderRows);
  }
  if (!validation) return;
  placeTable(layout, 'validation', validation);
  const { judgedRows = validation.rows } = request;
  if (request.keepPredictions) layout.place('predictions', 'f32', judgedRows, network.layers.at(-1)!);
}

function placeTable(layout: Layout, name: string, shape: TableShape): void {
  const { rows, features, width, type, spans, levels = false, targets, weighs, counts, labelsWeigh } = shape;
  layout.place(`${name}/x`, type, rows, width);
  // The kernel finds the values of the features behind the spans.
  if (spans > 0) layout.place(`${name}/spans`, 'u32', spans * SPAN_WORDS + (levels ? 2 * features : 0));
  layout.place(`${name}/y`, 'f32', rows, targets);
  if (weighs) layout.place(`${name}/weights`, 'f32', rows);
  if (counts) layout.place(`${name}/counts`, 'f32', rows);
  if (labelsWeigh) layout.place(`${name}/labelWeights`, 'f32', targets);
}

/** Elements of y per row in a scratch. */
function gatheredTargets(table: TableShape): number {
  return table.targetIsInput ? table.features : table.targets;
}

/** In bytes. */
function sizeOf({ shape, dtype }: Pick<PlanEntry, 'shape' | 'dtype'>): number {
  return shape.reduce((product, size) => product * size, ELEMENT_BYTES[dtype]);
}

function tooLarge({ entries, bytes }: Plan, needed: string) {
  const gib = (size: number) => `${(size / 2 ** 30).toFixed(2)} GiB`;
  const share = (pattern: RegExp) =>
    gib(entries.filter(({ name }) => pattern.test(name)).reduce((sum, entry) => sum + sizeOf(entry), 0));
  return usageError(
    `memory: the job takes ${gib(bytes)}, and at most ${gib(MOST_BYTES)} fit ` +
      `(data ${share(/^(training|validation|order|predictions)/)}, gradients ${share(/^gw/)}, ` +
      `weights ${share(/^(w|state|direction)\//)}, scratch ${share(/^(scratch|batch|worker|coordinator)/)}).`,
    `Try fewer rows or columns (${option('query')}, ${option('features')}), fewer hidden units, a smaller ${option('batchSize')}, or fewer ${option('workers')}. ${needed}`.trim(),
  );
}

/** The entry with this name, if there is one. */
export function findEntry(plan: Plan, name: string): PlanEntry | undefined {
  return plan.entries.find(candidate => candidate.name === name);
}

/** The entry with this name. @throws Error if there is none, which is a bug */
export function entryOf(plan: Plan, name: string): PlanEntry {
  const entry = findEntry(plan, name);
  if (!entry) throw new Error(`the memory plan has no ${name}`);
  return entry;
}

const VIEWS = { u8: Uint8Array, i32: Int32Array, u32: Uint32Array, f32: Float32Array, f64: Float64Array };
type ViewOf<T extends ElementName> = InstanceType<(typeof VIEWS)[T]>;

/** The entry with this name as a typed array. @throws Error if its type is another, which is a bug */
export function viewOf<T extends ElementName>(
  plan: Plan,
  memory: WebAssembly.Memory,
  name: string,
  dtype: T,
): ViewOf<T> {
  const entry = entryOf(plan, name);
  if (entry.dtype !== dtype) throw new Error(`the memory plan has ${name} as ${entry.dtype}, not ${dtype}`);
  const length = sizeOf(entry) / ELEMENT_BYTES[dtype];
  return new VIEWS[dtype](memory.buffer, entry.offset, length) as ViewOf<T>;
}
