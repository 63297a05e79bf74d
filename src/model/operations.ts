/**
 * Operations of a pass (pass.ts) as plain data: what is computed, where in the arena, in which sizes. Places are byte
 * offsets; for rows in a scratch, the offset of its first row. The registers, which the runner sets, say which rows an
 * operation processes and by what a step is multiplied. z(0) = x; layers l = 1, …, c+1.
 */
import type { Activation } from '../kernels/activations.js';
import type { Distortion } from '../kernels/distort.js';
import type { ElementType } from '../kernels/kernels.js';
import { type Folding, NO_FOLDING } from './folding.js';
import type { Loss, OutputActivation } from './network.js';
import type { RankPhase } from './plan.js';
import type { Range } from './shards.js';

/** What changes between and during runs of a pass. A class, so that all instances have one layout in memory. */
export class Registers {
  /** Rows to process: the first one's index in the scratch and in the batch, and the number of rows. */
  at = 0;
  row = 0;
  rows = 0;
  /** Offset of the first row's number in the order of the epoch. */
  order = 0;
  /** For rows that have no order: what is added to their number to have their place in the arena. */
  shift = 0;
  /** The first shard of the rows, and how many they are; they are a part of one if `leaves` is 1. */
  shard = 0;
  leaves = 1;
  /** The slab that their gradient is summed in, and how many times slabs are folded after them. */
  slab = 0;
  folds = 0;
  /** Whether sums of the shard's earlier rows exist, to which these rows are added. */
  accumulate = false;
  /** Rows of the batch, the number of shards that it is cut into, and how these are shared and summed. */
  batch = 0;
  shards = 0;
  folding: Folding = NO_FOLDING;
  /** Gradient slabs that the update adds up at last, two or one, and bytes from the first to the second. */
  slabs = 1;
  stride = 0;
  /** Number of the step since the start of the training, from 1. */
  step = 0;
  /** Factor of the summed gradient: 1 / rows for the mean, 1 for the sum. */
  scale = 1;
  learningRate = 0;
  l2 = 0;
  /** Factor that limits the norm of the whole gradient, and the factor of each layer's step. */
  clip = 1;
  trust: readonly number[] = NO_TRUST;
}

export const NO_TRUST: readonly number[] = [];

/** Rows of a table in the arena: all of them. */
export interface Window {
  x: number;
  y: number;
  type: ElementType;
  /** Elements of x per row. */
  width: number;
  /** Parts of a row of x if categories are stored by number, and their count; otherwise 0. */
  spans: number;
  spanCount: number;
  /** Factor of x. */
  scale: number;
  /** Four-byte elements of y per row. */
  targets: number;
  targetIsInput: boolean;
  /** Weights of the rows in E and in metrics; 0 if all are 1. */
  weights: number;
  counts: number;
  /** Weights of each label's positive rows; 0 if all are 1. */
  labelWeights: number;
  /** ε of the targets of softmax. */
  smoothing: number;
}

/** Σ E and correct rows of the shard ← 0, before its first rows. */
interface Clear {
  kind: 'clear';
}

/** x, y, weights and counts ← rows of the window, in the order of the epoch or, by numbers written to `numbers`, of the table. */
export interface Gather {
  kind: 'gather';
  window: Window;
  numbers: number | null;
  x: number;
  y: number;
  weights: number;
  counts: number;
  features: number;
}

/** x ← the images of x, each moved, rotated, zoomed and warped. */
export interface Distort {
  kind: 'distort';
  x: number;
  columns: number;
  distortion: Distortion;
  seed: number;
}

/** x ← x + deviation · n, n normal. */
export interface Noise {
  kind: 'noise';
  x: number;
  columns: number;
  deviation: number;
  seed: number;
}

/** to ← from / (1 − rate) if a unit is kept, else 0: columns begin … end of x, z(l) or δ(l). */
export interface Drop extends Range {
  kind: 'drop';
  of: 'x' | 'z' | 'delta';
  layer: number;
  to: number;
  from: number;
  /** Columns of a whole row. */
  width: number;
  rate: number;
  seed: number;
}

/** Groups of outputs with inputs of their own (network.ts): where these begin in a row below, and the columns of that row. */
export interface Groups {
  begins: readonly number[];
  width: number;
}

/** a(l) ← z(l−1) W̃(l), then z(l) ← g(a + b), columns begin … end. Without an activation, only the product. */
export interface LayerStep extends Range {
  kind: 'layer';
  groups?: Groups;
  /** Whether the product is added to a, which holds that of other inputs. */
  adds?: true;
  layer: number;
  inputs: number;
  outputs: number;
  input: number;
  w: number;
  bias: number;
  a: number;
  z: number;
  activation: Activation | null;
}

/** Replaces the last product by the output delta; adds Σ E and correct rows to the shard's metrics. */
export interface LossStep {
  kind: 'loss';
  loss: Loss;
  huberDelta: number;
  quantile: number;
  /** The last product, and the net inputs if g′ is computed from them. */
  z: number;
  a: number;
  bias: number;
  y: number;
  weights: number;
  counts: number;
  labelWeights: number;
  smoothing: number;
  outputs: number;
  activation: OutputActivation;
  targetIsInput: boolean;
}

/** ŷ ← g(a + b) of the last layer, at the rows' places in `to`. */
export interface Predict {
  kind: 'predict';
  product: number;
  to: number;
  bias: number;
  outputs: number;
  activation: OutputActivation;
}

/** gw(l) ← z(l−1)ᵀ δ(l), rows begin … end of W̃(l), and the bias row Σ δ(l) unless `bias` is null; added to earlier rows' sums. */
export interface Gradient extends Range {
  kind: 'gradient';
  groups?: Groups;
  layer: number;
  inputs: number;
  outputs: number;
  input: number;
  delta: number;
  to: number;
  bias: number | null;
  /** Distance between two slabs; 0 if there is only one. */
  slabBytes: number;
  /** How the gradients of rows of several shards are summed; null if they are always summed at once. */
  fold: FoldBuffers | null;
}

/** Buffers for gradients of single shards until they are folded. */
export interface FoldBuffers {
  /** Rows of W̃(l) at once. */
  rows: number;
  at: number;
  /** Distance between two buffers. */
  bytes: number;
}

/** Gradient of a block of shards ← sum of those of its halves, in the slab of the first; for each block that is complete. */
export interface Fold {
  kind: 'fold';
  gw: number;
  slabBytes: number;
}

/** δ(l) ← δ(l+1) W̃(l+1)ᵀ ⊙ g′, columns begin … end. */
export interface Delta extends Range {
  kind: 'delta';
  /** How many columns of δ(l) there are for each group of W̃(l+1). */
  ofGroup?: number;
  layer: number;
  /** m(l) and m(l+1). */
  width: number;
  above: number;
  w: number;
  deltaAbove: number;
  delta: number;
  /** Argument of g′: a(l) or z(l). */
  from: number;
  activation: Activation;
}

/** The shard's Σ |∇Eₙ|² ← Σₙ (1 + |zₙ(l−1)|²) |δₙ(l)|² of these layers; added to the sum of earlier layers or rows. */
export interface RowNorms {
  kind: 'row norms';
  layers: readonly { z: number; delta: number; inputs: number; outputs: number }[];
  accumulate: boolean;
}

/** Publishes each shard's Σ |∇Eₙ|². Runs after a barrier, since that of the previous step may be read until then. */
interface NoteRowNorms {
  kind: 'note row norms';
}

/** Adds up slabs by the tree: those of this rank's workers, or all that remain, except the last two. */
export interface Join extends OnPart {
  kind: 'join';
  of: 'rank' | 'all';
}

/**
 * Sends to all other ranks, and receives from them, the sums of the step: stop flags and, by shard, metrics and gradients.
 * Worker 0 does it.
 */
export interface Exchange {
  kind: 'exchange';
  /** Whether the shards are divided among the ranks; otherwise each rank walks them all. */
  isDivided: boolean;
  /** The slice of the slab whose gradient each rank gets, in bytes; null: all get the whole one. */
  slices: readonly Range[] | null;
}

/** Sends what this rank has written to all other ranks, and receives what they have written. Worker 0 does it. */
export interface Spread {
  kind: 'spread';
  /** Some places in the arena, in bytes: of each, the part of each rank. */
  places: readonly (readonly Range[])[];
}

/** Publishes Σ g² of a part of the gradient for the noise scale; if `slabs`, of the sum over the slabs. */
export interface Squares {
  kind: 'squares';
  part: number;
  g: number;
  length: number;
  slabs: boolean;
}

/** Some parameters of one layer: either biases or weights. */
export interface ParameterPart {
  /** The chunk that contains them. */
  chunk: number;
  /** Index of the layer, l − 1. */
  layer: number;
  bias: boolean;
  /** Bytes from the beginning of the slab. */
  at: number;
  /** Float32 elements. */
  length: number;
}

/** An operation on some parameters and their gradient. */
interface OnPart {
  part: ParameterPart;
  /** Start of the slab with the gradient, or where it would start if it were complete. */
  g: number;
}

/** gw ← scale Σ gw + penalties, clipped, in place of the first slab; publishes its norms if the rule needs them. */
interface Sum extends OnPart {
  kind: 'sum';
}

/** clip and, if `trust`, trust ← from the published norms; trust needs more norms than clip, so it may come later. */
interface NormFactors {
  kind: 'norms';
  trust: boolean;
}

/** gw ← the direction of the step, for rules that need its norm. */
interface Direct extends OnPart {
  kind: 'direct';
}

/** w ← w − …, by the rule. `sums`: plain descent, which adds up the slabs itself and needs no `sum` before. */
interface Apply extends OnPart {
  kind: 'apply';
  sums: boolean;
}

/** All parties meet; afterwards all see what each wrote before. */
interface BarrierStep {
  kind: 'barrier';
}

/** A sign of life. */
interface Pulse {
  kind: 'pulse';
}

export type RowOperation =
  | Clear
  | Gather
  | Distort
  | Noise
  | Drop
  | LayerStep
  | LossStep
  | Predict
  | Gradient
  | Fold
  | Delta
  | RowNorms
  | NoteRowNorms;
export type UpdateOperation = Join | Squares | Sum | NormFactors | Direct | Apply;
export type Operation = RowOperation | UpdateOperation | Exchange | Spread | BarrierStep | Pulse;

const OF_UPDATE: readonly Operation['kind'][] = ['join', 'squares', 'sum', 'norms', 'direct', 'apply'];

/** Whether an operation processes parameters, not rows. Workers and the coordinator can run these. */
export function isOfUpdate(operation: Operation): operation is UpdateOperation {
  return OF_UPDATE.includes(operation.kind);
}

/** The phase that the time of an operation counts towards. */
export function phaseOf(operation: Operation): RankPhase {
  switch (operation.kind) {
    case 'clear':
    case 'gather':
    case 'distort':
    case 'noise':
      return 'gather';
    case 'drop':
      return ({ x: 'gather', z: 'forward', delta: 'backward' } as const)[operation.of];
    case 'layer':
    case 'loss':
    case 'predict':
      return 'forward';
    case 'gradient':
    case 'fold':
    case 'delta':
    case 'row norms':
      return 'backward';
    case 'squares':
      return operation.slabs ? 'update' : 'backward';
    case 'exchange':
    case 'spread':
      return 'exchange';
    case 'barrier':
      return 'waiting';
    default:
      return 'update';
  }
}
