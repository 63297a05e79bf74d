/**
 * Promises, timers and the event loop of a thread, as transformed code sees them. Tasks run in the order in which JavaScript runs
 * them; which event comes next is for the search to choose. Timers fire, the earliest first, when nothing else can happen.
 */
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
import { type Operation, running, type Thread, type World } from './world.js';

/** Something that an event loop runs. */
interface Task {
  run(): Flow;
}

interface Timer {
  due: number;
  every: number | null;
  callback: FlowFunction;
  args: unknown[];
}

/** Events from one source, in order. */
export class Port {
  readonly name: string;
  readonly #loop: Loop;
  readonly events: { label: string; task: Task }[] = [];

  constructor(name: string, loop: Loop) {
    this.name = name;
    this.#loop = loop;
    loop.ports.push(this);
  }

  [PARTS](): unknown[] {
    return [this.name, this.events.length, ...this.events.map(({ label, task }) => [label, task])];
  }

  /** The sender's knowledge comes with it. */
  post(label: string, run: Any, values: unknown[], from: Thread | null): void {
    if (from) this.#loop.world.memory.learn(this.#loop.world.memory.bitOf(this.name), from.bit);
    this.#loop.world.forgetDescriptions();
    this.events.push({ label, task: new Callback(run, values) });
  }
}

/** The event loop of a thread. */
export class Loop implements Operation {
  readonly ports: Port[] = [];
  readonly tasks: Task[] = [];
  readonly timers: Timer[] = [];
  /** Async functions that have not ended. */
  readonly jobs = new Set<Job>();
  readonly world: World;
  readonly #rejected: ModelPromise[] = [];
  #base: readonly Frame[] = [];

  constructor(world: World) {
    this.world = world;
  }

  [PARTS](): unknown[] {
    const timers = this.timers.map(({ due, every, callback }) => [due - this.world.now, every, callback]);
    return [this.#base, ...this.jobs, this.tasks, timers, this.ports];
  }

  get choices() {
    const steps = this.ports.filter(({ events }) => events.length > 0).map(() => 'step' as const);
    return this.timers.length > 0 ? [...steps, 'timer' as const] : steps;
  }

  label(_: World, choice: number): string {
    const port = this.ports.filter(({ events }) => events.length > 0)[choice];
    return port ? `${port.events[0]!.label} of ${port.name}` : 'a timer fires';
  }

  run({ memory }: World, { bit }: Thread, choice: number): void {
    const port = this.ports.filter(({ events }) => events.length > 0)[choice];
    if (port) {
      memory.learn(bit, memory.bitOf(port.name));
      this.tasks.push(port.events.shift()!.task);
    } else this.#fire();
  }

  portNamed(name: string): Port {
    return this.ports.find(port => port.name === name) ?? new Port(name, this);
  }

  /** Runs an async function and what it leads to, until its promise is settled. */
  *runAll(main: FlowFunction): Flow {
    this.#base = running.stack;
    const promise = (yield* startAsync(main)) as ModelPromise;
    promise.isHandled = true;
    for (;;) {
      while (this.tasks.length > 0) yield* this.tasks.shift()!.run();
      const lost = this.#rejected.find(({ isHandled }) => !isHandled);
      if (lost) this.world.fail('no error', `a rejected promise that nobody handles: ${lost.value}`);
      this.#rejected.length = 0;
      if (promise.state === 'rejected') throw promise.value;
      if (promise.state === 'fulfilled') return promise.value;
      yield this;
    }
  }

  noteRejected(promise: ModelPromise): void {
    this.#rejected.push(promise);
  }

  #fire(): void {
    const timer = this.timers.reduce((first, next) => (next.due < first.due ? next : first));
    this.world.now = Math.max(this.world.now, timer.due);
    if (timer.every === null) this.timers.splice(this.timers.indexOf(timer), 1);
    else timer.due += timer.every;
    this.tasks.push(new Callback(timer.callback, timer.args));
  }
}

/** The event loop of the thread that runs. */
export function loop(): Loop {
  return running.thread!.loop as Loop;
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

class Callback implements Task {
  readonly #callback: Any;
  readonly #args: unknown[];

  constructor(callback: Any, args: unknown[]) {
    this.#callback = callback;
    this.#args = args;
  }

  [PARTS](): unknown[] {
    return [this.#callback, this.#args];
  }

  run(): Flow {
    return call(this.#callback, this.#args);
  }
}

function* call(f: Any, args: unknown[]): Flow {
  return isFlowFunction(f) ? yield* f(...args) : f(...args);
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
    if (state === 'rejected') loop().noteRejected(this);
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

function startTimer(callback: Any, milliseconds: number, every: number | null, args: unknown[]): TimerHandle {
  const timer = { due: running.world!.now + milliseconds, every, callback, args };
  loop().timers.push(timer);
  return new TimerHandle(timer);
}

class TimerHandle {
  readonly timer: Timer;
  readonly #timers: readonly Timer[] = loop().timers;

  constructor(timer: Timer) {
    this.timer = timer;
  }

  [PARTS](): unknown[] {
    return ['timer', this.#timers.indexOf(this.timer)];
  }

  unref(): this {
    return this;
  }
}

function clearTimer(handle: TimerHandle | undefined): void {
  const at = handle ? loop().timers.indexOf(handle.timer) : -1;
  if (at >= 0) loop().timers.splice(at, 1);
}

class ModelAbort {
  readonly timers: TimerHandle[] = [];

  get signal(): this {
    return this;
  }

  abort(): void {
    for (const timer of this.timers) clearTimer(timer);
  }
}

/** A promise that a timer fulfils, as node:timers/promises has it. */
export function setTimeoutPromise(milliseconds: number, value: unknown, { signal }: { signal: ModelAbort }) {
  const promise = new ModelPromise();
  signal.timers.push(startTimer((v: unknown) => promise.resolve(v), milliseconds, null, [value]));
  return promise;
}

/** What stands in for globals. */
export const globals = {
  Promise: ModelPromise,
  AbortController: ModelAbort,
  performance: { now: () => running.world!.now },
  setTimeout: takingFlows((f: Any, milliseconds: number) => startTimer(f, milliseconds, null, [])),
  setInterval: takingFlows((f: Any, milliseconds: number) => startTimer(f, milliseconds, milliseconds, [])),
  clearTimeout: clearTimer,
  clearInterval: clearTimer,
};
