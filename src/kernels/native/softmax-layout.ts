/** What the parts of softmax's code share: arguments, general registers, and the scratch. */
import { at, type General, type Machine, type Place } from './machine.js';

/** Classes up to which several rows are computed at once, a row a lane. As in ../assembly/cross-entropy.ts. */
export const FEW_CLASSES = 24;

/** Words of the arguments of softmax alone, which begin those of its cross-entropy. */
export const SOFTMAX_WORDS = { z: 0, bias: 1, rows: 2, scratch: 3 } as const;
/** groups: full vectors of rows; rows: those that are computed one by one. */
export const CROSS_ENTROPY_WORDS = {
  ...SOFTMAX_WORDS,
  y: 4,
  metrics: 5,
  groups: 6,
  weights: 7,
  counts: 8,
  ownPart: 9,
  eachPart: 10,
} as const;

export const ROWS: General = 0;
export const Z: General = 2;
export const BIAS: General = 3;
export const LABELS: General = 4;
export const METRICS: General = 5;
export const SCRATCH: General = 6;
export const POINTER: General = 7;
export const TEMPORARY: General = 8;
export const WEIGHTS: General = 9;
export const COUNTS: General = 10;

/** Bytes of the widest vector. */
const VECTOR = 64;
const VECTORS = FEW_CLASSES * VECTOR;
const vector = (i: number): Place => at(SCRATCH, VECTORS + i * VECTOR);

/** Places in the scratch; before them, a vector for each of a few classes. */
export const PLACES = {
  lanes: vector(0),
  most: vector(1),
  first: vector(2),
  own: vector(3),
  terms: vector(4),
  right: vector(5),
  below: vector(6),
  /** Σ of the rows' losses, in double precision. */
  loss: vector(7),
  /** Where results wait. */
  waiting: vector(8),
} as const;

/** What of a row weighs. */
export interface RowFlags {
  /** Whether there are weights, counts or smoothed targets at all. */
  weighs: boolean;
  hasWeights: boolean;
  hasCounts: boolean;
}

/** The bits of 1. */
const ONE = 0x3f800000;

export const one = (machine: Machine) => machine.constant(ONE);
