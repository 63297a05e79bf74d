/**
 * A world: threads over shared memory, each stopped before its next operation. The search chooses which thread goes on, or
 * what happens to one: a sleep ends by itself, a thread is killed.
 */
import type { Known } from './known.js';
import { Memory, Region } from './memory.js';
import type { Any, Flow, Frame } from './runtime.js';
import { Describer, hashOf } from './state-key.js';

/** What a thread is about to do. */
export interface Operation {
  /** What can happen next; nothing while it has to wait. A `timer` happens only when nothing else does. */
  readonly choices: readonly ('step' | 'timer')[];
  /** Whether the order of this and what other threads do makes no difference. */
  isAlone?(world: World, thread: Thread): boolean;
  /** Whether the thread has nothing to do before the thread that gives it something. */
  readonly isIdle?: boolean;
  label(world: World, choice: number): string;
  /** Returns what the thread goes on with; SLEEPS if it does not. */
  run(world: World, thread: Thread, choice: number): unknown;
}

export const SLEEPS = Symbol('sleeps');
export const ONE_STEP = ['step'] as const;

/** What happens to a thread: one of its choices by number, a sleep that ends for no reason, or its end. */
export interface Transition {
  thread: number;
  what: number | 'wake' | 'kill';
}

export class Thread {
  readonly name: string;
  readonly bit: number;
  readonly flow: Flow;
  /** Frames of the flow that runs. */
  stack: Frame[] = [];
  operation: Operation | null = null;
  /** Where it sleeps. */
  bed: Waiter | null = null;
  state: 'alive' | 'over' | 'killed' = 'alive';
  mayBeKilled = false;
  /** Whether it was told to end. */
  isDoomed = false;
  /** Its event loop, if it has one. */
  loop: Operation | null = null;
  /** What tells other threads that it has ended. */
  onEnd: ((killed: boolean) => void) | null = null;
  /** Variables of its own modules. */
  readonly modules: (() => unknown[])[] = [];
  /** Hash of its description; null if it has to be made. */
  described: number | null = null;
  /** Threads with the same role do the same, each with its own place: states are alike if they change places. */
  role: string | null = null;

  constructor(name: string, bit: number, flow: Flow) {
    this.name = name;
    this.bit = bit;
    this.flow = flow;
  }
}

/** A thread or a promise that waits for a word. */
export interface Waiter {
  thread: Thread;
  region: unknown;
  index: number;
  wake(result: string): void;
}

/** What the checker allows to happen in a scenario. */
export interface Allowed {
  kills: number;
  /** Whether sleeps may end for no reason. */
  wakes: boolean;
}

/** The property that a schedule has violated. */
export class Violation extends Error {
  readonly property: string;

  constructor(property: string, message: string) {
    super(message);
    this.property = property;
  }
}

/** The frames of the flow that runs; transformed code has no other way to reach them. */
export const running: { stack: Frame[]; thread: Thread | null; world: World | null } = {
  stack: [],
  thread: null,
  world: null,
};

export class World {
  readonly memory: Memory;
  readonly known: Known;
  readonly threads: Thread[] = [];
  readonly waiters: Waiter[] = [];
  /** What the scenario notes to check its properties; what begins with `of` has a place for each thread of a role. */
  readonly notes: Record<string, unknown> = {};
  readonly constants = new Map<unknown, string>();
  readonly allowed: Allowed;
  /** Properties of objects that make no difference here. */
  ignored: ReadonlySet<string> = new Set();
  violation: Violation | null = null;
  /** Names of the control words, by index. */
  words: ReadonlyMap<number, string> = new Map();
  /** What happens, if it is recorded. */
  trace: string[] | null = null;
  now = 0;

  constructor(known: Known, allowed: Allowed) {
    this.known = known;
    this.memory = new Memory(known, what =>
      this.fail('ordered accesses', `${running.thread?.name}: ${what}`),
    );
    this.allowed = { ...allowed };
    running.world = this;
    running.thread = null;
  }

  region(name: string, length: number): Region {
    return this.#named(this.memory.region(name, length));
  }

  control(name: string, length: number): Region {
    return this.#named(this.memory.region(name, length, [...this.words.keys()]));
  }

  /** Starts a thread, which runs until its first operation. */
  spawn(name: string, flow: Flow, role: string | null = null): Thread {
    const thread = new Thread(name, this.memory.bitOf(name), flow);
    thread.role = role;
    this.threads.push(thread);
    this.constants.set(thread, role ?? name);
    this.memory.begin(thread.bit, running.thread?.bit ?? ~0);
    this.goOn(thread, undefined);
    return thread;
  }

  /** Everything that can happen; `moves` tells how many of them happen without a fault. */
  transitions(): { all: Transition[]; moves: number } {
    const steps: Transition[] = [];
    const timers: Transition[] = [];
    const others: Transition[] = [];
    for (let i = 0; i < this.threads.length; i++) {
      const thread = this.threads[i]!;
      if (thread.state !== 'alive') continue;
      if (thread.isDoomed) steps.push({ thread: i, what: 'kill' });
      else if (thread.mayBeKilled && this.allowed.kills > 0) others.push({ thread: i, what: 'kill' });
      if (thread.bed) {
        if (this.allowed.wakes && thread.bed.region instanceof Region)
          others.push({ thread: i, what: 'wake' });
        continue;
      }
      if (this.allowed.wakes && this.waiters.some(waiter => waiter.thread === thread)) {
        others.push({ thread: i, what: 'wake' });
      }
      const { choices } = thread.operation!;
      for (let what = 0; what < choices.length; what++) {
        (choices[what] === 'step' ? steps : timers).push({ thread: i, what });
      }
    }
    // Time passes when nothing else does.
    const moves = steps.length > 0 ? steps : timers;
    const { length } = moves;
    moves.push(...others);
    return { all: moves, moves: length };
  }

  take({ thread: i, what }: Transition): void {
    const thread = this.threads[i]!;
    if (what === 'kill') this.#kill(thread);
    else if (what === 'wake') {
      this.trace?.push(`${thread.name}: its sleep ends by itself`);
      (thread.bed ?? this.waiters.find(waiter => waiter.thread === thread))!.wake('timed-out');
    } else this.#step(thread, what);
  }

  #step(thread: Thread, what: number): void {
    const operation = thread.operation!;
    const label = this.trace && operation.label(this, what);
    running.thread = thread;
    const result = operation.run(this, thread, what);
    thread.described = null;
    this.trace?.push(`${thread.name}: ${label}${result === SLEEPS ? ', sleeps' : shown(result)}`);
    if (result !== SLEEPS) this.goOn(thread, result);
  }

  /** The thread that continues next, because its step makes no difference to the others; null if any may. */
  alone(): Transition | null {
    const thread = this.threads.findIndex(
      thread => thread.state === 'alive' && !thread.bed && thread.operation?.isAlone?.(this, thread),
    );
    return thread < 0 ? null : { thread, what: 0 };
  }

  /** Ends a thread that ends itself. */
  exit(thread: Thread): symbol {
    this.#end(thread, 'killed');
    return SLEEPS;
  }

  noteWrite(word: string): void {
    if (this.known.isWritten(word)) return;
    const others = this.threads.filter(
      thread => thread !== running.thread && thread.state === 'alive' && !thread.operation?.isIdle,
    );
    if (others.length > 0) this.known.noteWrite(word);
  }

  /** Whether a thread still has something to do. */
  get isUnfinished(): boolean {
    return this.threads.some(({ state }) => state === 'alive');
  }

  wake(thread: Thread, result: string): void {
    thread.bed = null;
    this.goOn(thread, result);
  }

  wordName(index: number): string {
    return this.words.get(index) ?? String(index);
  }

  forget(waiter: Waiter): void {
    const at = this.waiters.indexOf(waiter);
    if (at >= 0) this.waiters.splice(at, 1);
  }

  fail(property: string, message: string): void {
    this.violation ??= new Violation(property, message);
  }

  /** Fails unless the condition holds. */
  check(holds: boolean, property: string, message: string): void {
    if (!holds) this.fail(property, message);
  }

  /** Hash of what a thread will still do, except for what lies in memory. */
  describe(thread: Thread): number {
    if (thread.described !== null) return thread.described;
    const { state, stack, bed, operation, loop, isDoomed, modules } = thread;
    const describer = new Describer(this.constants, this.ignored);
    describer.add(state);
    if (state === 'alive') {
      for (const part of [stack, bed ? 'sleeps' : operation, loop, isDoomed]) describer.add(part);
      for (const module of modules) describer.add(module());
    }
    thread.described = hashOf(describer.text);
    return thread.described;
  }

  /** What one thread did may have changed what others will do. */
  forgetDescriptions(): void {
    for (const thread of this.threads) thread.described = null;
  }

  /** Runs a thread until its next operation. */
  goOn(thread: Thread, result: unknown): void {
    const { memory } = this;
    const before = running.thread;
    const stack = running.stack;
    const actor = memory.actor;
    thread.described = null;
    running.thread = thread;
    running.stack = thread.stack;
    memory.actor = thread.bit;
    try {
      const { done, value } = thread.flow.next(result);
      thread.stack = running.stack;
      if (done) this.#end(thread, 'over');
      else thread.operation = value as Operation;
    } catch (error) {
      this.#caught(thread, error as Any);
    } finally {
      memory.actor = actor;
      running.thread = before;
      running.stack = stack;
    }
  }

  #named(region: Region): Region {
    this.constants.set(region, region.name);
    return region;
  }

  #kill(thread: Thread): void {
    thread.described = null;
    this.trace?.push(`${thread.name}: killed`);
    if (!thread.isDoomed) this.allowed.kills--;
    if (thread.bed) this.forget(thread.bed);
    thread.bed = null;
    this.#end(thread, 'killed');
  }

  #end(thread: Thread, state: 'over' | 'killed'): void {
    thread.state = state;
    thread.described = null;
    thread.operation = null;
    this.memory.end(thread.bit);
    thread.onEnd?.(state === 'killed');
  }

  #caught(thread: Thread, error: Error): void {
    if (error instanceof Violation) this.violation ??= error;
    else this.fail('no error', `${thread.name}: ${error.stack}`);
    thread.state = 'over';
  }
}

/** `process.exit` in a thread. */
export function* exitFlow(): Flow {
  const operation: Operation = {
    choices: ONE_STEP,
    label: () => 'exits',
    run: (world, thread) => world.exit(thread),
  };
  return yield operation;
}

function shown(result: unknown): string {
  return result === undefined || typeof result === 'object' ? '' : ` → ${String(result)}`;
}
