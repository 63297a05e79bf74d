/** A formula as a list of operations, each on results of those before it. Equal operations are computed once. */
import type { Formula, Operations } from './operations.js';

/** Place of an operation in the list. */
export type Result = number;

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
  | 'subtractWords';
export type Shift = 'shiftLeft' | 'shiftRight' | 'shiftRightSigned';
export type Comparison = 'isBelow' | 'isEqual';

export type Step =
  | { kind: 'input'; index: number }
  | { kind: 'word'; bits: number }
  | { kind: Binary; a: Result; b: Result }
  | { kind: Shift; a: Result; bits: number }
  | { kind: 'fromWhole'; a: Result }
  | { kind: Comparison; a: Result; b: Result }
  | { kind: 'choose'; mask: Result; a: Result; b: Result };

export interface Graph {
  steps: readonly Step[];
  result: Result;
}

/** Whether a step makes a mask. */
export const isMask = ({ kind }: Step) => kind === 'isBelow' || kind === 'isEqual';

/** The results that a step needs. */
export function needsOf(step: Step): Result[] {
  switch (step.kind) {
    case 'input':
    case 'word':
      return [];
    case 'fromWhole':
    case 'shiftLeft':
    case 'shiftRight':
    case 'shiftRightSigned':
      return [step.a];
    case 'choose':
      return [step.mask, step.a, step.b];
    default:
      return [step.a, step.b];
  }
}

/** The graph of a formula of one number, which is input 0. */
export function graphOf(formula: Formula): Graph {
  return traceGraph((o, [x]) => formula(o, x!), 1);
}

/** The graph of a function of `inputs` numbers. */
export function traceGraph(
  formula: (o: Operations<Result, Result>, inputs: readonly Result[]) => Result,
  inputs: number,
): Graph {
  const tracer = new Tracer();
  const values = Array.from({ length: inputs }, (_, index) => tracer.step({ kind: 'input', index }));
  const result = formula(tracer, values);
  return withoutUnused({ steps: tracer.steps, result });
}

const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);

class Tracer implements Operations<Result, Result> {
  readonly steps: Step[] = [];
  readonly #known = new Map<string, Result>();

  step(step: Step): Result {
    const key = Object.values(step).join();
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
  isBelow = this.#binary('isBelow');
  isEqual = this.#binary('isEqual');
  shiftLeft = this.#shift('shiftLeft');
  shiftRight = this.#shift('shiftRight');
  shiftRightSigned = this.#shift('shiftRightSigned');

  fromWhole(a: Result): Result {
    return this.step({ kind: 'fromWhole', a });
  }

  choose(mask: Result, a: Result, b: Result): Result {
    return this.step({ kind: 'choose', mask, a, b });
  }

  #binary(kind: Binary | Comparison) {
    return (a: Result, b: Result) => this.step({ kind, a, b });
  }

  #shift(kind: Shift) {
    return (a: Result, bits: number) => this.step({ kind, a, bits });
  }
}

function withoutUnused({ steps, result }: Graph): Graph {
  const used = new Set([result]);
  for (let i = steps.length - 1; i >= 0; i--)
    if (used.has(i)) for (const need of needsOf(steps[i]!)) used.add(need);
  const places = new Map<Result, Result>();
  const kept: Step[] = [];
  for (const [i, step] of steps.entries()) {
    // Inputs stay, used or not, so that their numbers do.
    if (!used.has(i) && step.kind !== 'input') continue;
    places.set(i, kept.length);
    kept.push(moved(step, need => places.get(need)!));
  }
  return { steps: kept, result: places.get(result)! };
}

function moved(step: Step, to: (need: Result) => Result): Step {
  switch (step.kind) {
    case 'input':
    case 'word':
      return step;
    case 'fromWhole':
    case 'shiftLeft':
    case 'shiftRight':
    case 'shiftRightSigned':
      return { ...step, a: to(step.a) };
    case 'choose':
      return { ...step, mask: to(step.mask), a: to(step.a), b: to(step.b) };
    default:
      return { ...step, a: to(step.a), b: to(step.b) };
  }
}
