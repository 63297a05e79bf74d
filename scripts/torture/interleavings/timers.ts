/** Timers and what else stands in for globals of transformed code. */
import { loop, type Timer } from './event-loop.js';
import { ModelPromise } from './promises.js';
import { type Any, takingFlows } from './runtime.js';
import { PARTS } from './state-key.js';
import { running } from './world.js';

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
