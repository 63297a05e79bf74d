/** What stands in for piscina: threads that run lockstep's worker, each with its own modules, and can be lost at any time. */
import { loop, Port } from './event-loop.js';
import { ModelPromise } from './promises.js';
import { type Any, type Flow, takingFlows } from './runtime.js';
import { PARTS } from './state-key.js';
import { ONE_STEP, type Operation, running, type Thread, type World } from './world.js';

/** How threads are made, and what is checked of their results. */
export interface PoolSetting {
  world: World;
  /** The worker's modules, for one thread. */
  link(): (path: string) => Any;
  mayBeKilled: boolean;
  onResult(result: Any): void;
}

/** Tasks for a thread. */
class Inbox implements Operation {
  readonly name: string;
  readonly orders: unknown[] = [];

  constructor(name: string) {
    this.name = name;
  }

  [PARTS](): unknown[] {
    return ['inbox', ...this.orders];
  }

  get choices() {
    return this.orders.length > 0 ? ONE_STEP : [];
  }

  get isIdle() {
    return this.orders.length === 0;
  }

  label() {
    return 'gets a task';
  }

  run(world: World, { bit }: Thread) {
    const { memory } = world;
    world.forgetDescriptions();
    memory.learn(bit, memory.bitOf(this.name));
    return this.orders.shift();
  }
}

/** A thread as node:worker_threads shows it. */
class FakeThread {
  readonly thread: Thread;
  readonly inbox: Inbox;
  task: ModelPromise | null = null;
  hasEnded = false;
  readonly #setting: PoolSetting;
  readonly #listeners: Any[] = [];
  readonly #end = new ModelPromise();

  constructor(setting: PoolSetting, number: number) {
    const { world } = setting;
    const name = `worker ${number}`;
    const port = new Port(`messages of ${name}`, loop());
    this.#setting = setting;
    this.inbox = new Inbox(`inbox of ${name}`);
    this.thread = world.spawn(name, this.#work(port));
    this.thread.mayBeKilled = setting.mayBeKilled;
    const self = this;
    this.thread.onEnd = () =>
      port.post(
        'the end',
        function* () {
          return yield* self.#ended();
        },
        [],
        this.thread,
      );
  }

  [PARTS](): unknown[] {
    return [this.thread, this.inbox, this.task, this.hasEnded, this.#listeners, this.#end];
  }

  start(order: unknown): ModelPromise {
    const { memory } = this.#setting.world;
    this.#setting.world.forgetDescriptions();
    memory.learn(memory.bitOf(this.inbox.name), running.thread!.bit);
    this.inbox.orders.push(order);
    this.task = new ModelPromise();
    return this.task;
  }

  once(_: 'exit', listener: Any): void {
    this.#listeners.push(listener);
  }

  terminate(): ModelPromise {
    this.thread.isDoomed = true;
    return this.#end;
  }

  *#work(port: Port): Flow {
    const { default: run } = this.#setting.link()('workers/worker.ts');
    for (;;) {
      const order = yield this.inbox;
      const result = yield* run(order);
      this.#setting.onResult(result);
      port.post(
        'a result',
        (value: unknown) => {
          this.task?.resolve(value);
          this.task = null;
        },
        [result],
        this.thread,
      );
    }
  }

  *#ended(): Flow {
    this.hasEnded = true;
    this.task?.reject(new Error('the thread ended'));
    this.task = null;
    for (const listener of this.#listeners) yield* listener(1);
    this.#end.resolve(1);
    return undefined;
  }
}

/** A constructor in place of Piscina's. */
export function fakePiscina(setting: () => PoolSetting) {
  let threads = 0;
  const Piscina = class {
    readonly threads: FakeThread[];
    readonly options = {};

    constructor({ maxThreads }: { maxThreads: number }) {
      const { world } = setting();
      if (world.threads.length === 1) threads = 0;
      this.threads = Array.from({ length: maxThreads }, () => new FakeThread(setting(), threads++));
    }

    on(): void {}

    run(order: unknown): ModelPromise {
      const free = this.threads.find(({ task, hasEnded }) => !task && !hasEnded);
      if (!free) {
        const lost = new ModelPromise();
        lost.reject(new Error('no thread is left'));
        return lost;
      }
      return free.start(order);
    }

    destroy(): ModelPromise {
      for (const thread of this.threads) {
        thread.task?.reject(new Error('the thread is being terminated'));
        thread.task = null;
      }
      return ModelPromise.all(this.threads.map(thread => thread.terminate()));
    }
  };
  takingFlows(Piscina.prototype.on);
  takingFlows(FakeThread.prototype.once);
  return Piscina;
}
