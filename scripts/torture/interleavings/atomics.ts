/** `Atomics` as the transformed code sees it: each call is an operation before which its thread stops. */
import type { Loop } from './event-loop.js';
import { Region } from './memory.js';
import { ModelPromise } from './promises.js';
import type { Flow } from './runtime.js';
import { PARTS } from './state-key.js';
import { ONE_STEP, type Operation, SLEEPS, type Thread, type Waiter, type World } from './world.js';

type Kind = 'load' | 'store' | 'change';

/** An access to a word: a load, a store, or both at once. */
export class Access implements Operation {
  readonly kind: Kind;
  readonly region: Region;
  readonly index: number;
  readonly #name: string;
  readonly #operands: readonly number[];
  readonly #change: (value: number) => number;

  constructor(
    name: string,
    region: Region,
    index: number,
    operands: readonly number[],
    kind: Kind,
    change: (value: number) => number,
  ) {
    this.#name = name;
    this.region = region;
    this.index = index;
    this.#operands = operands;
    this.kind = kind;
    this.#change = change;
  }

  get choices() {
    return ONE_STEP;
  }

  /** Whether it is of a word that no other thread accesses, or reads one that no other thread changes. */
  isAlone({ known }: World, { name }: Thread): boolean {
    const word = nameOf(this.region, this.index);
    return known.isOwn(word, name) || (this.kind === 'load' && !known.isWritten(word));
  }

  label(world: World): string {
    return [this.#name, world.wordName(this.index), ...this.#operands].join(' ');
  }

  [PARTS](): unknown[] {
    return [this.#name, this.index, ...this.#operands];
  }

  run(world: World, { bit, name }: Thread): unknown {
    const { memory, known } = world;
    const { values } = this.region;
    const { index, kind } = this;
    const before = values[index]!;
    const at = nameOf(this.region, index);
    known.noteUse(at, name);
    // A word that one thread has for itself tells nobody anything.
    if (!known.isOwn(at, name)) {
      const word = memory.bitOf(at);
      if (kind !== 'store') memory.learn(bit, word);
      if (kind === 'store') memory.replace(word, bit);
      if (kind === 'change') memory.learn(word, bit);
    }
    if (kind !== 'load') world.noteWrite(at);
    if (kind !== 'load') values[index] = this.#change(before) | 0;
    return before;
  }
}

/** Waits until a word is notified, unless it has another value. */
abstract class Waiting implements Operation {
  readonly #name: string;
  readonly #does: string;
  protected readonly region: unknown;
  protected readonly index: number;
  protected readonly value: number;

  constructor(name: string, does: string, region: unknown, index: number, value: number) {
    this.#name = name;
    this.#does = does;
    this.region = region;
    this.index = index;
    this.value = value;
  }

  get choices() {
    return ONE_STEP;
  }

  label(world: World): string {
    return `${this.#does} ${world.wordName(this.index)} while it is ${this.value}`;
  }

  [PARTS](): unknown[] {
    return [this.#name, this.index, this.value];
  }

  run(world: World, thread: Thread): unknown {
    const { region } = this;
    if (region instanceof Region) {
      const at = nameOf(region, this.index);
      world.known.noteUse(at, thread.name);
      world.memory.learn(thread.bit, world.memory.bitOf(at));
      if (region.values[this.index] !== this.value) return this.notEqual;
    }
    const { result, wake } = this.begin(world, thread);
    const waiter: Waiter = {
      ...{ thread, region, index: this.index },
      wake(how) {
        world.forget(waiter);
        wake(how);
      },
    };
    world.waiters.push(waiter);
    if (result === SLEEPS) thread.bed = waiter;
    return result;
  }

  /** What is returned if the word has another value. */
  protected abstract readonly notEqual: unknown;

  /** Begins to wait: what is returned, and what happens when the word is notified. */
  protected abstract begin(world: World, thread: Thread): { result: unknown; wake: (how: string) => void };
}

/** Sleeps. */
class Wait extends Waiting {
  protected readonly notEqual = 'not-equal';

  constructor(region: unknown, index: number, value: number) {
    super('wait', 'wait', region, index, value);
  }

  protected begin(world: World, thread: Thread) {
    return { result: SLEEPS, wake: (how: string) => world.wake(thread, how) };
  }
}

/** Promises to tell. */
class WaitAsync extends Waiting {
  protected readonly notEqual = { async: false, value: 'not-equal' };

  constructor(region: Region, index: number, value: number) {
    super('waitAsync', 'wait without blocking for', region, index, value);
  }

  protected begin(_: World, thread: Thread) {
    const promise = new ModelPromise();
    const port = (thread.loop as Loop).portNamed(`wake-ups of ${thread.name}`);
    return {
      result: { async: true, value: promise },
      wake: (how: string) => port.post('a wake-up', settle, [promise, how], null),
    };
  }
}

function settle(promise: ModelPromise, result: string): void {
  promise.resolve(result);
}

/** Wakes those that wait for a word, the first first. */
class Notify implements Operation {
  readonly #region: Region;
  readonly #index: number;
  readonly #most: number;

  constructor(region: Region, index: number, most: number) {
    this.#region = region;
    this.#index = index;
    this.#most = most;
  }

  get choices() {
    return ONE_STEP;
  }

  label(world: World): string {
    return `notify ${world.wordName(this.#index)}`;
  }

  [PARTS](): unknown[] {
    return ['notify', this.#index, this.#most];
  }

  run({ waiters, known }: World, { name }: Thread): number {
    known.noteUse(nameOf(this.#region, this.#index), name);
    const here = waiters.filter(({ region, index }) => region === this.#region && index === this.#index);
    const woken = here.slice(0, this.#most);
    for (const waiter of woken) waiter.wake('ok');
    return woken.length;
  }
}

function nameOf({ name }: Region, index: number): string {
  return `${name}[${index}]`;
}

const same = (value: number) => value;

/** Stands in for the global of the same name. */
export const atomics = {
  *load(region: Region, i: number): Flow {
    return yield new Access('load', region, i, [], 'load', same);
  },
  *store(region: Region, i: number, value: number): Flow {
    yield new Access('store', region, i, [value], 'store', () => value);
    return value;
  },
  *add(region: Region, i: number, by: number): Flow {
    return yield new Access('add', region, i, [by], 'change', value => value + by);
  },
  *sub(region: Region, i: number, by: number): Flow {
    return yield new Access('sub', region, i, [by], 'change', value => value - by);
  },
  *and(region: Region, i: number, by: number): Flow {
    return yield new Access('and', region, i, [by], 'change', value => value & by);
  },
  *or(region: Region, i: number, by: number): Flow {
    return yield new Access('or', region, i, [by], 'change', value => value | by);
  },
  *xor(region: Region, i: number, by: number): Flow {
    return yield new Access('xor', region, i, [by], 'change', value => value ^ by);
  },
  *exchange(region: Region, i: number, to: number): Flow {
    return yield new Access('exchange', region, i, [to], 'change', () => to);
  },
  *compareExchange(region: Region, i: number, from: number, to: number): Flow {
    const change = (value: number) => (value === (from | 0) ? to : value);
    return yield new Access('compareExchange', region, i, [from, to], 'change', change);
  },
  *wait(region: Region, i: number, value: number): Flow {
    return yield new Wait(region, i, value);
  },
  *waitAsync(region: Region, i: number, value: number): Flow {
    return yield new WaitAsync(region, i, value);
  },
  *notify(region: Region, i: number, most = Number.POSITIVE_INFINITY): Flow {
    return yield new Notify(region, i, most);
  },
};
