/** Promises and async functions, as transformed code sees them. */
import { call, type Loop, loop, type Task } from './event-loop.js';
import {
  type Any,
  type Flow,
  type FlowFunction,
  type Frame,
  isFlowFunction,
  runAtOnce,
  takingFlows,
} from './runtime.js';
import { PARTS } from './state-key.js';
import { running } from './world.js';

/** Runs an async function and what it leads to, until its promise is settled. */
export function* runAll(loop: Loop, main: FlowFunction): Flow {
  loop.base = running.stack;
  const promise = (yield* startAsync(main)) as ModelPromise;
  promise.isHandled = true;
  for (;;) {
    while (loop.tasks.length > 0) yield* loop.tasks.shift()!.run();
    const lost = loop.rejected.find(({ isHandled }) => !isHandled);
    if (lost) loop.world.fail('no error', `a rejected promise that nobody handles: ${lost.value}`);
    loop.rejected.length = 0;
    if (promise.state === 'rejected') throw promise.value;
    if (promise.state === 'fulfilled') return promise.value;
    yield loop;
  }
}

/** An async function that has begun. */
class Job implements Task {
  readonly promise = new ModelPromise();
  readonly #flow: Flow;
  readonly #stack: Frame[] = [];
  #next: { fails: boolean; value: unknown } = { fails: false, value: undefined };

  constructor(flow: Flow) {
    this.#flow = flow;
    loop().jobs.add(this);
  }

  [PARTS](): unknown[] {
    return ['job', this.#stack, this.#next, this.promise];
  }

  /** Lets it go on after what it waited for. */
  after(fails: boolean, value: unknown): void {
    this.#next = { fails, value };
    loop().tasks.push(this);
  }

  *run(): Flow {
    const before = running.stack;
    running.stack = this.#stack;
    try {
      const { fails, value } = this.#next;
      this.#next = { fails: false, value: undefined };
      let step = fails ? this.#flow.throw(value) : this.#flow.next(value);
      for (;;) {
        if (step.done) {
          loop().jobs.delete(this);
          this.promise.resolve(step.value);
          return undefined;
        }
        if (step.value instanceof Awaited) {
          ModelPromise.resolve(step.value.value).react({ job: this });
          return undefined;
        }
        step = this.#flow.next(yield step.value);
      }
    } catch (error) {
      loop().jobs.delete(this);
      this.promise.reject(error);
      return undefined;
    } finally {
      running.stack = before;
    }
  }
}

class Awaited {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/** `await`. */
export function* awaitFlow(value: unknown): Flow {
  return yield new Awaited(value);
}

/** A call of an async function: runs it until it first waits, and returns its promise. */
export function* startAsync(body: FlowFunction): Flow {
  const job = new Job(body());
  yield* job.run();
  return job.promise;
}

/** What happens when a promise is settled. */
interface Reaction {
  job?: Job;
  to?: Combined;
  index?: number;
  then?: Any;
  fail?: Any;
  target?: ModelPromise;
}

export class ModelPromise {
  state: 'pending' | 'fulfilled' | 'rejected' = 'pending';
  value: unknown;
  isHandled = false;
  #isResolved = false;
  readonly #reactions: Reaction[] = [];

  constructor(executor?: Any) {
    if (!executor) return;
    const resolve = (value: unknown) => this.resolve(value);
    const reject = (error: unknown) => this.reject(error);
    if (isFlowFunction(executor)) runAtOnce(executor(resolve, reject));
    else executor(resolve, reject);
  }

  [PARTS](): unknown[] {
    return [this.state, this.value, this.isHandled, this.#isResolved, this.#reactions];
  }

  static resolve(value: unknown): ModelPromise {
    if (value instanceof ModelPromise) return value;
    const promise = new ModelPromise();
    promise.resolve(value);
    return promise;
  }

  static all(values: Iterable<unknown>): ModelPromise {
    return new Combined('all', [...values]).target;
  }

  static allSettled(values: Iterable<unknown>): ModelPromise {
    return new Combined('settled', [...values]).target;
  }

  static race(values: Iterable<unknown>): ModelPromise {
    return new Combined('race', [...values]).target;
  }

  // biome-ignore lint/suspicious/noThenProperty: this is a promise
  then(then?: Any, fail?: Any): ModelPromise {
    const target = new ModelPromise();
    this.react({ then, fail, target });
    return target;
  }

  catch(fail: Any): ModelPromise {
    return this.then(undefined, fail);
  }

  resolve(value: unknown): void {
    if (this.#isResolved) return;
    this.#isResolved = true;
    if (value instanceof ModelPromise) loop().tasks.push(new Follow(this, value));
    else this.settle('fulfilled', value);
  }

  reject(error: unknown): void {
    if (this.#isResolved) return;
    this.#isResolved = true;
    this.settle('rejected', error);
  }

  settle(state: 'fulfilled' | 'rejected', value: unknown): void {
    this.state = state;
    this.value = value;
    if (state === 'rejected') loop().rejected.push(this);
    for (const reaction of this.#reactions) schedule(reaction, this);
    this.#reactions.length = 0;
  }

  react(reaction: Reaction): void {
    this.isHandled = true;
    if (this.state === 'pending') this.#reactions.push(reaction);
    else schedule(reaction, this);
  }
}

function schedule(reaction: Reaction, { state, value }: ModelPromise): void {
  const fails = state === 'rejected';
  if (reaction.job) reaction.job.after(fails, value);
  else loop().tasks.push(new React(reaction, fails, value));
}

/** A promise that is resolved by another one. */
class Follow implements Task {
  readonly #one: ModelPromise;
  readonly #other: ModelPromise;

  constructor(one: ModelPromise, other: ModelPromise) {
    this.#one = one;
    this.#other = other;
  }

  [PARTS](): unknown[] {
    return ['follow', this.#one, this.#other];
  }

  // biome-ignore lint/correctness/useYield: a task is a flow
  *run(): Flow {
    this.#other.react({ to: new Combined('race', [], this.#one), index: 0 });
    return undefined;
  }
}

class React implements Task {
  readonly #reaction: Reaction;
  readonly #fails: boolean;
  readonly #value: unknown;

  constructor(reaction: Reaction, fails: boolean, value: unknown) {
    this.#reaction = reaction;
    this.#fails = fails;
    this.#value = value;
  }

  [PARTS](): unknown[] {
    return [this.#reaction, this.#fails, this.#value];
  }

  *run(): Flow {
    const { to, index, then, fail, target } = this.#reaction;
    if (to) return to.note(index!, this.#fails, this.#value);
    const handler = this.#fails ? fail : then;
    if (!handler) return target!.settle(this.#fails ? 'rejected' : 'fulfilled', this.#value);
    // A callback runs as an async function does, whose promise is the result of `then`.
    const value = this.#value;
    const promise = (yield* startAsync(function* () {
      return yield* call(handler, [value]);
    })) as ModelPromise;
    promise.react({ to: new Combined('race', [], target!), index: 0 });
    return undefined;
  }
}

/** A promise of several others, or of the first of them. */
class Combined {
  readonly target: ModelPromise;
  readonly #kind: 'all' | 'settled' | 'race';
  readonly #results: unknown[] = [];
  #left: number;

  constructor(kind: 'all' | 'settled' | 'race', values: readonly unknown[], target = new ModelPromise()) {
    this.#kind = kind;
    this.target = target;
    this.#left = values.length;
    for (const [index, value] of values.entries()) ModelPromise.resolve(value).react({ to: this, index });
    if (values.length === 0 && kind !== 'race') target.resolve([]);
  }

  [PARTS](): unknown[] {
    return [this.#kind, this.#results, this.#left, this.target];
  }

  note(index: number, fails: boolean, value: unknown): void {
    const { target } = this;
    if (target.state !== 'pending') return;
    if (this.#kind === 'race') target.settle(fails ? 'rejected' : 'fulfilled', value);
    else if (fails && this.#kind === 'all') target.reject(value);
    else {
      const settled = fails ? { status: 'rejected', reason: value } : { status: 'fulfilled', value };
      this.#results[index] = this.#kind === 'all' ? value : settled;
      if (--this.#left === 0) target.resolve(this.#results);
    }
  }
}

for (const f of [ModelPromise, ModelPromise.prototype.then, ModelPromise.prototype.catch]) takingFlows(f);
