/** A formula as a list of operations, each on results of those before it. Equal operations are computed once. */
import type { Formula, Operations } from './operations.js';

/** Place of an operation in the list. */
export type Result = number;

/** Operations of one value. */
export type Unary = 'squareRoot' | 'fromWhole';
/** Operations of two values. */
export type Binary =
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide'
  | 'larger'
  | 'smaller'
  | 'and'
  | 'or'
  | 'xor'
  | 'addWords'
  | 'subtractWords'
  | 'multiplyWords'
  | 'largerWords';
export type Shift = 'shiftLeft' | 'shiftRight' | 'shiftRightSigned';
export type Comparison = 'isBelow' | 'isEqual' | 'isBelowWords' | 'isEqualWords';

export type Step =
  | { kind: 'input'; index: number }
  | { kind: 'word'; bits: number }
  | { kind: Unary; a: Result }
  | { kind: Binary; a: Result; b: Result }
  | { kind: Shift; a: Result; bits: number }
  | { kind: Comparison | 'both'; a: Result; b: Result }
  | { kind: 'choose'; mask: Result; a: Result; b: Result };

export interface Graph {
  steps: readonly Step[];
  results: readonly Result[];
}

const MASKS = new Set<Step['kind']>(['isBelow', 'isEqual', 'isBelowWords', 'isEqualWords', 'both']);

/** Whether a step makes a mask. */
export const isMask = ({ kind }: Step) => MASKS.has(kind);

/** The results that a step needs. */
export function needsOf(step: Step): Result[] {
  if ('mask' in step) return [step.mask, step.a, step.b];
  if ('b' in step) return [step.a, step.b];
  return 'a' in step ? [step.a] : [];
}

/** The graph of a formula of one number, which is input 0. */
export function graphOf(formula: Formula): Graph {
  return traceGraph((o, [x]) => [formula(o, x!)], 1);
}

/** The graph of a function of `inputs` numbers. */
export function traceGraph(
  formula: (o: Operations<Result, Result>, inputs: readonly Result[]) => readonly Result[],
  inputs: number,
): Graph {
  const tracer = new Tracer();
  const values = Array.from({ length: inputs }, (_, index) => tracer.step({ kind: 'input', index }));
  const results = formula(tracer, values);
  return withoutUnused({ steps: tracer.steps, results });
}

const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);

class Tracer implements Operations<Result, Result> {
  readonly steps: Step[] = [];
  readonly #known = new Map<string, Result>();

  step(step: Step): Result {
    const key = keyOf(step);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, this.steps.length);
    return this.steps.push(step) - 1;
  }

  constant(value: number): Result {
    float[0] = value;
    return this.word(word[0]!);
  }

  word(bits: number): Result {
    return this.step({ kind: 'word', bits: bits >>> 0 });
  }

  add = this.#binary('add');
  subtract = this.#binary('subtract');
  multiply = this.#binary('multiply');
  divide = this.#binary('divide');
  larger = this.#binary('larger');
  smaller = this.#binary('smaller');
  and = this.#binary('and');
  or = this.#binary('or');
  xor = this.#binary('xor');
  addWords = this.#binary('addWords');
  subtractWords = this.#binary('subtractWords');
  multiplyWords = this.#binary('multiplyWords');
  largerWords = this.#binary('largerWords');
  isBelow = this.#binary('isBelow');
  isEqual = this.#binary('isEqual');
  isBelowWords = this.#binary('isBelowWords');
  isEqualWords = this.#binary('isEqualWords');
  both = this.#binary('both');
  squareRoot = this.#unary('squareRoot');
  fromWhole = this.#unary('fromWhole');
  shiftLeft = this.#shift('shiftLeft');
  shiftRight = this.#shift('shiftRight');
  shiftRightSigned = this.#shift('shiftRightSigned');

  choose(mask: Result, a: Result, b: Result): Result {
    return this.step({ kind: 'choose', mask, a, b });
  }

  #unary(kind: Unary) {
    return (a: Result) => this.step({ kind, a });
  }

  #binary(kind: Binary | Comparison | 'both') {
    return (a: Result, b: Result) => this.step({ kind, a, b });
  }

  #shift(kind: Shift) {
    return (a: Result, bits: number) => this.step({ kind, a, bits });
  }
}

/** All that a step is, as a text. */
function keyOf(step: Step): string {
  switch (step.kind) {
    case 'input':
      return `input ${step.index}`;
    case 'word':
      return `word ${step.bits}`;
    case 'choose':
      return `choose ${step.mask} ${step.a} ${step.b}`;
    default:
      return `${step.kind} ${step.a} ${'b' in step ? step.b : 'bits' in step ? step.bits : ''}`;
  }
}

function withoutUnused({ steps, results }: Graph): Graph {
  const isUsed = steps.map(() => false);
  for (const result of results) isUsed[result] = true;
  for (let i = steps.length - 1; i >= 0; i--) {
    if (isUsed[i]) for (const need of needsOf(steps[i]!)) isUsed[need] = true;
  }
  if (!isUsed.includes(false)) return { steps, results };
  const places: Result[] = [];
  const kept: Step[] = [];
  const placeOf = (need: Result) => places[need]!;
  for (let i = 0; i < steps.length; i++) {
    if (!isUsed[i]) continue;
    places[i] = kept.length;
    kept.push(moved(steps[i]!, placeOf));
  }
  return { steps: kept, results: results.map(placeOf) };
}

function moved(step: Step, to: (need: Result) => Result): Step {
  if ('mask' in step) return { ...step, mask: to(step.mask), a: to(step.a), b: to(step.b) };
  if ('b' in step) return { ...step, a: to(step.a), b: to(step.b) };
  return 'a' in step ? { ...step, a: to(step.a) } : step;
}
