/** Threads that are told to end, and how many have not yet. Loads no pool: whoever ends a process asks. */
import type { Worker } from 'node:worker_threads';

const ending = new Set<Worker>();

/** Ends a thread, whatever it is doing, and waits until it has ended. */
export async function endThread(thread: Worker): Promise<void> {
  ending.add(thread);
  await thread.terminate();
  ending.delete(thread);
}

/** How many threads were told to end and have not: once pools are closed, those that can't be ended. */
export function threadsLeft(): number {
  return ending.size;
}
