/**
 * The formulas of src/kernels/formulas as AssemblyScript, four floats at once: files that the kernels' own sources import,
 * written when they are compiled.
 */
import { ACTIVATIONS } from '../../src/kernels/activations.js';
import { ACTIVATION_FORMULAS } from '../../src/kernels/formulas/activations.js';
import { dropped, mix, noisy, rowKey } from '../../src/kernels/formulas/draws.js';
import { type Graph, type Result, type Step, traceGraph } from '../../src/kernels/formulas/graph.js';
import { exp, log, logOnePlus, sigmoid } from '../../src/kernels/formulas/math.js';
import type { Operations } from '../../src/kernels/formulas/operations.js';
import {
  columnDelta,
  countIfRight,
  logOfTotal,
  rowLoss,
  scanFirst,
  scanOwn,
  softmaxTerm,
  weightedColumnDelta,
  weightedRowLoss,
} from '../../src/kernels/formulas/softmax.js';

/** A formula of any number of values. */
type AnyFormula = (o: Operations<Result, Result>, ...values: Result[]) => Result;

/** Functions of four floats each, named with a 4. */
const FUNCTIONS: Readonly<Record<string, AnyFormula>> = {
  ...{ exp, log, logOnePlus, sigmoid },
  ...{ softmaxTerm, logOfTotal, scanFirst, scanOwn, countIfRight },
  ...{ rowLoss, columnDelta, weightedRowLoss, weightedColumnDelta },
  ...{ mix, rowKey, dropped, noisy },
};

/** The source of ./formulas, as the files of src/kernels/assembly import it. */
export function formulasSource(): string {
  return [
    ...ACTIVATIONS.map((name, i) => `export const ${constantOf(name)}: i32 = ${i};`),
    ...Object.entries(FUNCTIONS).map(([name, formula]) =>
      functionOf(`${name}4`, formula, formula.length - 1),
    ),
    ...ACTIVATIONS.flatMap((name, i) => [
      functionOf(`g${i}`, ACTIVATION_FORMULAS[name].g, 1),
      functionOf(`derivative${i}`, ACTIVATION_FORMULAS[name].derivative, 1),
    ]),
    ...['g', 'derivative'].map(name =>
      [
        '@inline',
        `export function ${name}(activation: i32, x: v128): v128 {`,
        ...ACTIVATIONS.map((_, i) => `  if (activation == ${i}) return ${name}${i}(x);`),
        '  return x;',
        '}',
      ].join('\n'),
    ),
  ].join('\n\n');
}

const constantOf = (name: string) => name.toUpperCase().replaceAll('-', '_');

function functionOf(name: string, formula: AnyFormula, count: number): string {
  const inputs = Array.from({ length: count }, (_, i) => `x${i}`);
  const graph = traceGraph((o, values) => [formula(o, ...values)], inputs.length);
  return [
    '@inline',
    `export function ${name}(${inputs.map(input => `${input}: v128`).join(', ')}): v128 {`,
    ...linesOf(graph, index => inputs[index]!),
    `  return t${graph.results[0]};`,
    '}',
  ].join('\n');
}

/** A constant for each step. @param inputOf what an input is read by */
export function linesOf({ steps }: Graph, inputOf: (index: number) => string): string[] {
  return steps.map((step, i) => {
    return `  const t${i}: v128 = ${step.kind === 'input' ? inputOf(step.index) : textOf(step, steps)};`;
  });
}

/** pmax(a, b) = a < b ? b : a is one instruction where max is ten. */
const BINARY = {
  add: 'f32x4.add',
  subtract: 'f32x4.sub',
  multiply: 'f32x4.mul',
  divide: 'f32x4.div',
  larger: 'f32x4.pmax',
  smaller: 'f32x4.pmin',
  and: 'v128.and',
  or: 'v128.or',
  xor: 'v128.xor',
  addWords: 'i32x4.add',
  subtractWords: 'i32x4.sub',
  multiplyWords: 'i32x4.mul',
  largerWords: 'i32x4.max_s',
  isBelow: 'f32x4.lt',
  isEqual: 'f32x4.eq',
  isBelowWords: 'i32x4.lt_s',
  isEqualWords: 'i32x4.eq',
  both: 'v128.and',
} as const;

const SHIFTS = {
  shiftLeft: 'i32x4.shl',
  shiftRight: 'i32x4.shr_u',
  shiftRightSigned: 'i32x4.shr_s',
} as const;

function textOf(step: Exclude<Step, { kind: 'input' }>, steps: readonly Step[]): string {
  switch (step.kind) {
    case 'word':
      return `i32x4.splat(${step.bits | 0})`;
    case 'squareRoot':
      return `f32x4.sqrt(t${step.a})`;
    case 'fromWhole':
      return `f32x4.convert_i32x4_s(t${step.a})`;
    case 'shiftLeft':
    case 'shiftRight':
    case 'shiftRightSigned':
      return `${SHIFTS[step.kind]}(t${step.a}, ${step.bits})`;
    case 'choose':
      // One instruction in place of three.
      if (isZero(steps[step.b]!)) return `v128.and(t${step.a}, t${step.mask})`;
      if (isZero(steps[step.a]!)) return `v128.andnot(t${step.b}, t${step.mask})`;
      return `v128.bitselect(t${step.a}, t${step.b}, t${step.mask})`;
    default:
      return `${BINARY[step.kind]}(t${step.a}, t${step.b})`;
  }
}

const isZero = (step: Step) => step.kind === 'word' && step.bits === 0;
