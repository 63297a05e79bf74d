/**
 * What transformed code calls: it keeps a stack of frames for each flow of control, so that the checker knows where each one
 * stands and which variables it will still read, and lets built-in functions take generators as callbacks.
 */
import { CAPTURED, PARTS } from './state-key.js';

// biome-ignore lint/suspicious/noExplicitAny: transformed code has no types
export type Any = any;
/** A flow of control: yields what it is about to do, and gets the result. */
export type Flow = Generator<unknown, unknown, Any>;
export type FlowFunction = (...args: Any[]) => Flow;

const FLOW_FUNCTION = Object.getPrototypeOf(function* () {});
const NOTHING: readonly unknown[] = [];

export function isFlowFunction(value: unknown): value is FlowFunction {
  return typeof value === 'function' && Object.getPrototypeOf(value) === FLOW_FUNCTION;
}

/** Functions of the model that take generators as callbacks. */
const takesFlows = new WeakSet<object>();

export function takingFlows<T extends object>(f: T): T {
  takesFlows.add(f);
  return f;
}

/** Runs a flow that must not stop. @throws Error if it does */
export function runAtOnce(flow: Flow): unknown {
  const { done, value } = flow.next();
  if (!done)
    throw new Error('the checker can not stop here: in a constructor, a module or a built-in callback');
  return value;
}

/** Built-in functions that call their callbacks one after the other, as flows. */
const STAND_INS = new Map<unknown, FlowFunction>([
  [
    Array.prototype.map,
    function* (this: Any[], f: FlowFunction) {
      const all: unknown[] = [];
      for (let i = 0; i < this.length; i++) all.push(yield* f(this[i], i, this));
      return all;
    },
  ],
  [
    Array.prototype.flatMap,
    function* (this: Any[], f: FlowFunction) {
      const all: unknown[] = [];
      for (let i = 0; i < this.length; i++) all.push(yield* f(this[i], i, this));
      return all.flat();
    },
  ],
  [
    Array.prototype.filter,
    function* (this: Any[], f: FlowFunction) {
      const all: unknown[] = [];
      for (let i = 0; i < this.length; i++) if (yield* f(this[i], i, this)) all.push(this[i]);
      return all;
    },
  ],
  [
    Array.prototype.find,
    function* (this: Any[], f: FlowFunction) {
      for (let i = 0; i < this.length; i++) if (yield* f(this[i], i, this)) return this[i];
      return undefined;
    },
  ],
  [
    Array.prototype.reduce,
    function* (this: Any[], f: FlowFunction, first: unknown) {
      let sum = first;
      for (let i = 0; i < this.length; i++) sum = yield* f(sum, this[i], i, this);
      return sum;
    },
  ],
  [
    Array.from,
    function* (from: Any, f: FlowFunction) {
      const all = Array.from(from);
      for (let i = 0; i < all.length; i++) all[i] = yield* f(all[i], i);
      return all;
    },
  ],
]);

/** Where one function stands. */
export class Frame {
  /** Result of a call that has not stopped. */
  value: unknown;
  /** A call that may stop. */
  next!: Flow;
  readonly #key: string;
  #call = 0;
  #unit = -1;
  /** Results of earlier calls of the same expression. */
  #results: readonly unknown[] = NOTHING;
  #locals: () => unknown[] = () => [];

  constructor(key: string) {
    this.#key = key;
  }

  [PARTS](): unknown[] {
    return [this.#key, this.#call, ...this.#locals(), this.#results];
  }

  call(call: number, unit: number, locals: () => unknown[], f: Any, self: unknown, args: unknown[]): boolean {
    this.#at(call, unit, locals);
    return this.#start(f, self, args);
  }

  method(
    call: number,
    unit: number,
    locals: () => unknown[],
    self: Any,
    name: string,
    args: unknown[],
    optional: boolean,
  ): boolean {
    this.#at(call, unit, locals);
    if (optional && (self?.[name] === undefined || self[name] === null)) {
      this.value = undefined;
      return false;
    }
    return this.#start(self[name], self, args);
  }

  get(
    call: number,
    unit: number,
    locals: () => unknown[],
    self: Any,
    name: string,
    optional: boolean,
  ): boolean {
    this.#at(call, unit, locals);
    const getter = optional ? self?.[`$get_${name}`] : self[`$get_${name}`];
    if (getter) return this.#start(getter, self, []);
    this.value = self?.[name];
    return false;
  }

  make(call: number, unit: number, locals: () => unknown[], of: Any, args: unknown[]): boolean {
    this.#at(call, unit, locals);
    if (!of.prototype?.$make) {
      this.value = new of(...args);
      return false;
    }
    this.next = made(of, args);
    return true;
  }

  /** Notes a result, and returns it. */
  end(result: unknown): unknown {
    this.#results = [...this.#results, result];
    return result;
  }

  #at(call: number, unit: number, locals: () => unknown[]): void {
    if (unit !== this.#unit || call <= this.#call) this.#results = NOTHING;
    this.#call = call;
    this.#unit = unit;
    this.#locals = locals;
  }

  #start(f: Any, self: unknown, args: unknown[]): boolean {
    const called = callable(f, args);
    if (isFlowFunction(called)) {
      this.next = called.apply(self, args);
      return true;
    }
    this.value = called.apply(self, args);
    return false;
  }
}

function* made(of: Any, args: unknown[]): Flow {
  const object = Object.create(of.prototype);
  yield* object.$make(...args);
  return object;
}

/** The function to call. Callbacks that a built-in function can't call are replaced in `args`. */
function callable(f: Any, args: unknown[]): Any {
  if (isFlowFunction(f) || takesFlows.has(f)) return f;
  if (!args.some(isFlowFunction)) return f;
  const standIn = STAND_INS.get(f);
  if (standIn) return standIn;
  for (const [i, arg] of args.entries()) {
    if (isFlowFunction(arg)) args[i] = (...given: unknown[]) => runAtOnce(arg(...given));
  }
  return f;
}

/** Calls where the code can't stop. */
export const sync = {
  call(f: Any, self: unknown, args: unknown[]): unknown {
    const called = callable(f, args);
    const result = called.apply(self, args);
    return isFlowFunction(called) ? runAtOnce(result) : result;
  },
  method(self: Any, name: string, args: unknown[], optional = false): unknown {
    if (optional && (self?.[name] === undefined || self[name] === null)) return undefined;
    return sync.call(self[name], self, args);
  },
  get(self: Any, name: string): unknown {
    return self[`$get_${name}`] ? sync.method(self, `$get_${name}`, []) : self[name];
  },
  make(of: Any, args: unknown[]): unknown {
    return of.prototype?.$make ? runAtOnce(made(of, args)) : new of(...args);
  },
};

/** Gives a function the variables that it has captured, for the description of states. */
export function closure(f: Any, name: string, variables: (() => unknown)[]): unknown {
  f[CAPTURED] = { name, variables };
  return f;
}
