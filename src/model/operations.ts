/**
 * The operations that a pass is a list of (pass.ts), as plain data: what is computed, on which places of the arena, in
 * which sizes. Places are byte offsets, those of rows in a scratch the offset of its first row. Which rows an operation is
 * for, and what a step is multiplied by, the runner says by the registers. z(0) = x; layer l = 1, …, c+1.
 */
import type { Activation } from '../kernels/activations.js';
import type { ElementType } from '../kernels/kernels.js';
import { type Folding, NO_FOLDING } from './folding.js';
import type { Loss, OutputActivation } from './network.js';
import type { Phase } from './plan.js';

/** What changes from one run of a list to the next, and within one. A class, so that all have one layout in memory. */
export class Registers {
  /** Rows that the operations are for: the first, as a row of the scratch and of the batch, and how many. */
  at = 0;
  row = 0;
  rows = 0;
  /** Place of the number of the batch's first row, in the order of the epoch. */
  order = 0;
  /** The first shard of the rows, and how many they are; they are a part of one if `leaves` is 1. */
  shard = 0;
  leaves = 1;
  /** Number of the slab that their gradient is summed in, and how many times slabs are folded after them. */
  slab = 0;
  folds = 0;
  /** Whether the rows are not the first ones of their shard, whose sums they are added to. */
  accumulate = false;
  /** Rows of the batch, the shards that it is cut into, and how these are shared and summed. */
  batch = 0;
  shards = 0;
  folding: Folding = NO_FOLDING;
  /** Gradient slabs that the update adds up at last, two or one, and bytes from the first to the second. */
  slabs = 1;
  stride = 0;
  /** Number of the step since the start of the training, from 1. */
  step = 0;
  /** What the summed gradient is multiplied by: 1 / rows for the mean, 1 for the sum. */
  scale = 1;
  learningRate = 0;
  l2 = 0;
  /** What shortens the whole gradient to its largest length, and what the step of each layer is multiplied by. */
  clip = 1;
  trust: readonly number[] = NO_TRUST;
  /** The largest |change of a weight| so far in this step. */
  most = 0;
}

export const NO_TRUST: readonly number[] = [];

/** Rows of a table that lie in memory: today all of them. */
export interface Window {
  x: number;
  y: number;
  type: ElementType;
  /** Elements of x a row. */
  width: number;
  /** Parts of a row of x if categories are stored by number, and how many there are; else 0. */
  spans: number;
  spanCount: number;
  /** What x is multiplied by. */
  scale: number;
  /** Four-byte elements of y a row. */
  targets: number;
  targetIsInput: boolean;
  /** What each row weighs in E, and what it counts if it is right; 0 if all weigh, or count, 1. */
  weights: number;
  counts: number;
  /** What the error of each label's positive rows weighs; 0 if all weigh 1. */
  labelWeights: number;
  /** ε of the targets of softmax. */
  smoothing: number;
}

/** Σ E and right rows of the shard ← 0, at its first rows. */
interface Clear {
  kind: 'clear';
}

/** x, y, weights and counts ← the rows of the window that the order names; or in their own order, by numbers written to `numbers`. */
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

/** x ← x + deviation · n, n normal. */
export interface Noise {
  kind: 'noise';
  x: number;
  columns: number;
  deviation: number;
  seed: number;
}

/** to ← from / (1 − rate) where a unit is kept, else 0: columns of x, z(l) or δ(l). */
export interface Drop {
  kind: 'drop';
  of: 'x' | 'z' | 'delta';
  layer: number;
  to: number;
  from: number;
  begin: number;
  end: number;
  /** Columns of a whole row. */
  width: number;
  rate: number;
  seed: number;
}

/** a(l) ← z(l−1) W̃(l), then z(l) ← g(a + b): columns begin … end. Without an activation the product stays as it is. */
export interface LayerStep {
  kind: 'layer';
  layer: number;
  begin: number;
  end: number;
  inputs: number;
  outputs: number;
  input: number;
  w: number;
  bias: number;
  a: number;
  z: number;
  activation: Activation | null;
}

/** The output delta in place of the last product; Σ E and right rows are added to the shard's metrics. */
export interface LossStep {
  kind: 'loss';
  loss: Loss;
  huberDelta: number;
  /** The last product, and the net inputs if g′ is derived from them. */
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

/** ŷ of the rows ← the last product, at their rows of `to`. */
export interface Predict {
  kind: 'predict';
  product: number;
  to: number;
  bias: number;
  outputs: number;
  activation: OutputActivation;
}

/** gw(l) ← z(l−1)ᵀ δ(l), rows begin … end of W̃(l), and the bias row Σ δ(l) unless `bias` is null; added if rows went before. */
export interface Gradient {
  kind: 'gradient';
  layer: number;
  begin: number;
  end: number;
  inputs: number;
  outputs: number;
  input: number;
  delta: number;
  to: number;
  bias: number | null;
  /** From one slab to the next; 0 if there is one. */
  slabBytes: number;
  /** Of rows that are several shards: how their gradients are summed; null if they are always summed at once. */
  fold: FoldBuffers | null;
}

/** Where gradients of single shards are put until they are folded. */
export interface FoldBuffers {
  /** Rows of W̃(l) at once. */
  rows: number;
  at: number;
  /** From one buffer to the next. */
  bytes: number;
}

/** The gradients of two halves of a block of shards ← their sum, in the slab of the first: as often as a block is complete. */
export interface Fold {
  kind: 'fold';
  gw: number;
  slabBytes: number;
}

/** δ(l) ← δ(l+1) W̃(l+1)ᵀ ⊙ g′: columns begin … end. */
export interface Delta {
  kind: 'delta';
  layer: number;
  begin: number;
  end: number;
  /** m(l) and m(l+1). */
  width: number;
  above: number;
  w: number;
  deltaAbove: number;
  delta: number;
  /** What g′ is made of: a(l) or z(l). */
  from: number;
  activation: Activation;
}

/** The shard's Σ |∇Eₙ|² ← Σₙ (1 + |zₙ(l−1)|²) |δₙ(l)|² of these layers; added if layers or rows went before. */
export interface RowNorms {
  kind: 'row norms';
  layers: readonly { z: number; delta: number; inputs: number; outputs: number }[];
  accumulate: boolean;
}

/** Makes the shard's Σ |∇Eₙ|² known: after a meeting, since it may still be read from the step before until then. */
interface NoteRowNorms {
  kind: 'note row norms';
}

/** Slabs that the workers were left with are added up by the tree, all but the last two. */
export interface Join {
  kind: 'join';
  part: ParameterPart;
  g: number;
}

/** Σ g² of a part of the gradient, made known for the noise scale; of the sum over the slabs if `slabs`. */
export interface Squares {
  kind: 'squares';
  part: number;
  g: number;
  length: number;
  slabs: boolean;
}

/** Some parameters of one layer, all of them biases or none. */
export interface ParameterPart {
  /** The chunk that they lie in. */
  chunk: number;
  /** Index of the layer, l − 1. */
  layer: number;
  bias: boolean;
  /** Bytes from the beginning of the slab. */
  at: number;
  /** Float32 elements. */
  length: number;
}

/** gw ← scale Σ gw + penalties, within limits, in the place of the first slab; notes its norms if the rule needs them. */
interface Sum {
  kind: 'sum';
  part: ParameterPart;
  /** Where the slab with the gradient begins, or would begin if there were all of it. */
  g: number;
}

/** gw ← Σ gw over all machines: nothing on one. */
interface Exchange {
  kind: 'exchange';
  part: ParameterPart;
  g: number;
}

/** clip and trust ← from the norms that all have noted; trust once the norms of a direction, or all that it needs, are known. */
interface NormFactors {
  kind: 'norms';
  trust: boolean;
}

/** gw ← the direction of the step, for rules that need its norm. */
export interface Direct {
  kind: 'direct';
  part: ParameterPart;
  g: number;
}

/** w ← w − …, by the rule. Plain descent adds the slabs up as it goes, so it needs no `sum` before: `sums`. */
interface Apply {
  kind: 'apply';
  part: ParameterPart;
  g: number;
  sums: boolean;
}

/** All parties meet. What each wrote before is seen by all after. */
interface BarrierStep {
  kind: 'barrier';
}

/** A sign of life. */
export interface Pulse {
  kind: 'pulse';
}

export type RowOperation =
  | Clear
  | Gather
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
export type UpdateOperation = Join | Squares | Sum | Exchange | NormFactors | Direct | Apply;
export type Operation = RowOperation | UpdateOperation | BarrierStep | Pulse;

const OF_UPDATE: readonly Operation['kind'][] = [
  'join',
  'squares',
  'sum',
  'exchange',
  'norms',
  'direct',
  'apply',
];

/** Whether an operation is for parameters, and not for rows: either side of the thread can run it. */
export function isOfUpdate(operation: Operation): operation is UpdateOperation {
  return OF_UPDATE.includes(operation.kind);
}

/** Where the time of an operation is counted. */
export function phaseOf(operation: Operation): Phase {
  switch (operation.kind) {
    case 'clear':
    case 'gather':
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
    case 'barrier':
      return 'waiting';
    default:
      return 'update';
  }
}
