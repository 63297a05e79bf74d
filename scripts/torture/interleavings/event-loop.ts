/**
 * The event loop of a thread, as transformed code sees it. Tasks run in the order in which JavaScript runs them; which event
 * comes next is for the search to choose. Timers fire, the earliest first, when nothing else can happen.
 */
import { type Any, type Flow, type FlowFunction, type Frame, isFlowFunction } from './runtime.js';
import { PARTS } from './state-key.js';
import { type Operation, running, type Thread, type World } from './world.js';

/** Something that an event loop runs. */
export interface Task {
  run(): Flow;
}

export interface Timer {
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
  readonly jobs = new Set<Task>();
  /** Promises that were rejected since the last look at them. */
  readonly rejected: { isHandled: boolean; value: unknown }[] = [];
  /** Frames of the function that the thread runs. */
  base: readonly Frame[] = [];
  readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  [PARTS](): unknown[] {
    const timers = this.timers.map(({ due, every, callback }) => [due - this.world.now, every, callback]);
    return [this.base, ...this.jobs, this.tasks, timers, this.ports];
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

/** Calls a function of either kind. */
export function* call(f: Any, args: unknown[]): Flow {
  return isFlowFunction(f) ? yield* f(...args) : f(...args);
}
