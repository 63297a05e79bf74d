import { setTimeout } from 'node:timers/promises';

/** Whether the promise is fulfilled within this time. @throws the reason if it is rejected */
export async function settledWithin(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const timer = new AbortController();
  try {
    return await Promise.race([promise.then(() => true), setTimeout(milliseconds, false, timer)]);
  } finally {
    timer.abort();
  }
}
