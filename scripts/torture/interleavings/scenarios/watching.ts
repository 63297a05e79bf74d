/** Operations of a thread that waits for others to end. */
import { ONE_STEP, type Operation, type Thread, type World } from '../world.js';

/** Waits until a thread is killed or all have ended. */
export class Watch implements Operation {
  readonly #threads: readonly Thread[];

  constructor(threads: readonly Thread[]) {
    this.#threads = threads;
  }

  get choices() {
    const states = this.#threads.map(({ state }) => state);
    return states.includes('killed') || !states.includes('alive') ? ONE_STEP : [];
  }

  label() {
    return 'sees who has ended';
  }

  run() {}
}

/** Waits until all threads have ended; then knows what they knew. */
export class Joined implements Operation {
  readonly #threads: readonly Thread[];

  constructor(threads: readonly Thread[]) {
    this.#threads = threads;
  }

  get choices() {
    return this.#threads.some(({ state }) => state === 'alive') ? [] : ONE_STEP;
  }

  label() {
    return 'joins';
  }

  run(world: World, thread: Thread) {
    for (const { bit } of this.#threads) world.memory.learn(thread.bit, bit);
  }
}
