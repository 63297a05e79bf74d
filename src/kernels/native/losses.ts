/** Losses of outputs that stand each by itself as machine code. Their sums are in double precision, one term after the other. */
import { ACTIVATIONS, type Activation } from '../activations.js';
import { ACTIVATION_FORMULAS } from '../formulas/activations.js';
import { type Graph, traceGraph } from '../formulas/graph.js';
import { type LossInputs, type LossName, lossGraph } from '../formulas/losses.js';
import { at, type General, type Machine, type Vector } from './machine.js';
import { argument, GENERAL, RowKernel } from './row-kernel.js';

const { FIRST: DELTA, SECOND: Y, THIRD: BIAS, SCRATCH } = GENERAL;
const WEIGHTS: General = 8;
const COUNTS: General = 9;
const LABEL_WEIGHTS: General = 10;
const METRICS: General = 11;

/** Words of the arguments. */
export const LOSS_WORDS = {
  delta: 0,
  bias: 1,
  y: 2,
  metrics: 3,
  rows: 4,
  scratch: 5,
  weights: 6,
  counts: 7,
  labelWeights: 8,
  limit: 9,
} as const;

/** What the code of a loss depends on. */
export interface LossVariant {
  loss: LossName;
  /** What it is given beside δ and y. */
  given: readonly (keyof LossInputs<unknown>)[];
  /** Number of the activation whose g′ the δ of a regression is multiplied by; else null. */
  activation: number | null;
  columns: number;
  /** Whether this one row is a table of a single column: each element has a weight, and all have one bias. */
  isColumn: boolean;
}

/** Bytes between the places of what is added to the two sums. */
const APART = 64;

/** δ, and what is added to metrics[0] and metrics[1]. */
export function lossCode(machine: Machine, variant: LossVariant): Uint8Array {
  const { loss, given, activation, columns, isColumn } = variant;
  const graph = lossGraph(loss, given, activation === null ? null : derivativeOf(activation));
  const along = { delta: DELTA, y: Y };
  const ofRows = { weights: WEIGHTS, counts: COUNTS };
  const ofColumns = { bias: BIAS, labelWeights: LABEL_WEIGHTS };
  const pointers = { ...along, ...ofRows, ...ofColumns, metrics: METRICS, scratch: SCRATCH };
  const kernel = new RowKernel(machine, columns, pointers, LOSS_WORDS);
  const [sum, metric, temporary] = kernel.reserve(3) as [Vector, Vector, Vector];
  machine.zero(sum);
  machine.zero(metric);
  const names: (keyof LossInputs<unknown>)[] = ['delta', 'y', ...given];
  const read = (to: Vector, input: keyof LossInputs<unknown>, offset: number, count: number) => {
    const { pointer, isOne } = placeOf(input, isColumn);
    if (input === 'limit') machine.loadAll(to, argument(LOSS_WORDS.limit));
    else if (isOne) machine.loadAll(to, at(pointer));
    else machine.load(to, at(pointer, offset), count);
  };
  const formula = kernel.lower(
    graph,
    names.map(() => 'loaded'),
    at(SCRATCH, 2 * APART),
  );
  const strides = Object.fromEntries([
    ...Object.values(along).map(pointer => [pointer, columns]),
    ...Object.values(isColumn ? ofRows : ofColumns).map(pointer => [pointer, 0]),
  ]);
  // Each row goes on to its own.
  if (!isColumn) for (const pointer of Object.values(ofRows)) machine.addConstant(pointer, -4);
  const begin = () => {
    if (!isColumn) for (const pointer of Object.values(ofRows)) machine.addConstant(pointer, 4);
  };
  const body = (offset: number, count: number) => {
    const results = formula.compute((to, input) => read(to, names[input]!, offset, count));
    const [delta, terms, metrics] = results as [Vector, Vector, Vector];
    machine.store(at(DELTA, offset), delta, count);
    machine.store(at(SCRATCH), terms);
    machine.store(at(SCRATCH, APART), metrics);
    machine.addFloats(sum, at(SCRATCH), count, temporary);
    machine.addFloats(metric, at(SCRATCH, APART), count, temporary);
  };
  const end = () => {
    addToMetric(machine, 0, sum, temporary);
    addToMetric(machine, 1, metric, temporary);
  };
  kernel.rows(LOSS_WORDS.rows, strides, body, { begin, end });
  return machine.bytes();
}

/** Where an input is, and whether one value is for all lanes. */
function placeOf(input: keyof LossInputs<unknown>, isColumn: boolean): { pointer: General; isOne: boolean } {
  switch (input) {
    case 'weight':
      return { pointer: WEIGHTS, isOne: !isColumn };
    case 'count':
      return { pointer: COUNTS, isOne: !isColumn };
    case 'labelWeight':
      return { pointer: LABEL_WEIGHTS, isOne: isColumn };
    case 'bias':
      return { pointer: BIAS, isOne: isColumn };
    case 'y':
      return { pointer: Y, isOne: false };
    default:
      return { pointer: DELTA, isOne: false };
  }
}

/** Words of the arguments. */
export const SQUARED_WORDS = { delta: 0, y: 1, metrics: 2, rows: 3, scratch: 4 } as const;

/** delta ← r ⊙ g′, r = z − y of so many elements; metrics[0] += ½ Σ r²; metrics[1] += Σ r². */
export function squaredErrorCode(machine: Machine, length: number, activation: number): Uint8Array {
  const derivative = derivativeOf(activation);
  const graph: Graph = traceGraph((o, [z, y]) => {
    const r = o.subtract(z!, y!);
    return [o.multiply(r, derivative(o, z!)), r];
  }, 2);
  const pointers = { delta: DELTA, y: Y, metrics: METRICS, scratch: SCRATCH };
  const kernel = new RowKernel(machine, length, pointers, SQUARED_WORDS);
  const [sum, t, u] = kernel.reserve(3) as [Vector, Vector, Vector];
  machine.zero(sum);
  const formula = kernel.lower(graph, ['loaded', 'loaded'], at(SCRATCH, 2 * APART));
  const body = (offset: number, count: number) => {
    const [delta, r] = formula.compute((to, input) => {
      machine.load(to, at(input === 0 ? DELTA : Y, offset), count);
    });
    machine.store(at(DELTA, offset), delta!, count);
    // Beyond the last, r is 0.
    machine.store(at(SCRATCH), r!);
    machine.addSquares(sum, at(SCRATCH), Math.ceil(count / 4) * 4, [t, u]);
  };
  const end = () => {
    addToMetric(machine, 1, sum, t);
    machine.loadConstant(t, machine.constant(HALF));
    machine.store(at(SCRATCH), t);
    machine.multiplyDouble(sum, at(SCRATCH), t);
    addToMetric(machine, 0, sum, t);
  };
  kernel.rows(SQUARED_WORDS.rows, { [DELTA]: length, [Y]: length }, body, { end });
  return machine.bytes();
}

/** The bits of ½. */
const HALF = 0x3f000000;

function addToMetric(machine: Machine, i: number, sum: Vector, temporary: Vector): void {
  machine.loadDouble(temporary, at(METRICS, i * 8));
  machine.addDouble(temporary, sum);
  machine.storeDouble(at(METRICS, i * 8), temporary);
}

const derivativeOf = (activation: number) =>
  ACTIVATION_FORMULAS[ACTIVATIONS[activation] as Activation].derivative;
