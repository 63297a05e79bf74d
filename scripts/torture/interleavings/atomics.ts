/** `Atomics` as the transformed code sees it: each call is an operation before which its thread stops. */
import { Region } from './memory.js';
import { type Loop, ModelPromise } from './promises.js';
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

  /** Whether it neither changes a word nor reads one that another thread may change. */
  isAlone({ memory, written }: World): boolean {
    return this.kind === 'load' && !written.has(memory.bitOf(`${this.region.name}[${this.index}]`));
  }

  label(world: World): string {
    return [this.#name, world.wordName(this.index), ...this.#operands].join(' ');
  }

  [PARTS](): unknown[] {
    return [this.#name, this.index, ...this.#operands];
  }

  run(world: World, { bit }: Thread): unknown {
    const { memory } = world;
    const { values, name } = this.region;
    const { index, kind } = this;
    const before = values[index]!;
    const word = memory.bitOf(`${name}[${index}]`);
    if (kind !== 'store') memory.learn(bit, word);
    if (kind === 'store') memory.replace(word, bit);
    if (kind === 'change') memory.learn(word, bit);
    if (kind !== 'load') world.noteWrite(word);
    if (kind !== 'load') values[index] = this.#change(before) | 0;
    return before;
  }
}

/** Sleeps until the word is notified, unless it has another value. */
class Wait implements Operation {
  readonly #region: unknown;
  readonly #index: number;
  readonly #value: number;

  constructor(region: unknown, index: number, value: number) {
    this.#region = region;
    this.#index = index;
    this.#value = value;
  }

  get choices() {
    return ONE_STEP;
  }

  label(world: World): string {
    return `wait ${world.wordName(this.#index)} while it is ${this.#value}`;
  }

  [PARTS](): unknown[] {
    return ['wait', this.#index, this.#value];
  }

  run(world: World, thread: Thread): unknown {
    const region = this.#region;
    if (region instanceof Region) {
      world.memory.learn(thread.bit, world.memory.bitOf(`${region.name}[${this.#index}]`));
      if (region.values[this.#index] !== this.#value) return 'not-equal';
    }
    const waiter: Waiter = {
      ...{ thread, region, index: this.#index },
      wake(result) {
        world.forget(waiter);
        world.wake(thread, result);
      },
    };
    world.waiters.push(waiter);
    thread.bed = waiter;
    return SLEEPS;
  }
}

/** Promises to tell when the word is notified, unless it has another value. */
class WaitAsync implements Operation {
  readonly #region: Region;
  readonly #index: number;
  readonly #value: number;

  constructor(region: Region, index: number, value: number) {
    this.#region = region;
    this.#index = index;
    this.#value = value;
  }

  get choices() {
    return ONE_STEP;
  }

  label(world: World): string {
    return `wait without blocking for ${world.wordName(this.#index)} while it is ${this.#value}`;
  }

  [PARTS](): unknown[] {
    return ['waitAsync', this.#index, this.#value];
  }

  run(world: World, thread: Thread): unknown {
    const { name, values } = this.#region;
    world.memory.learn(thread.bit, world.memory.bitOf(`${name}[${this.#index}]`));
    if (values[this.#index] !== this.#value) return { async: false, value: 'not-equal' };
    const promise = new ModelPromise();
    const port = (thread.loop as Loop).portNamed(`wake-ups of ${thread.name}`);
    const waiter: Waiter = {
      ...{ thread, region: this.#region, index: this.#index },
      wake(result) {
        world.forget(waiter);
        port.post('a wake-up', settle, [promise, result], null);
      },
    };
    world.waiters.push(waiter);
    return { async: true, value: promise };
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

  run({ waiters }: World): number {
    const here = waiters.filter(({ region, index }) => region === this.#region && index === this.#index);
    const woken = here.slice(0, this.#most);
    for (const waiter of woken) waiter.wake('ok');
    return woken.length;
  }
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
