/** What a process has, to see what trainings leave behind: memory, threads, handles and listeners. */
import { readdirSync } from 'node:fs';

export interface Left {
  /** Bytes of the process in memory, and of its JavaScript values, after a collection if `--expose-gc` is given. */
  residentBytes: number;
  heapBytes: number;
  /** Threads of the process, those of Node.js included; null where the system does not tell. */
  threads: number | null;
  /** Timers, ports, files, … that the event loop has. */
  handles: number;
  /** Listeners on `process`. */
  listeners: number;
}

export function leftNow(): Left {
  (globalThis as { gc?: () => void }).gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const listeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
  const handles = process.getActiveResourcesInfo().length;
  return { residentBytes: rss, heapBytes: heapUsed, threads: countThreads(), handles, listeners };
}

function countThreads(): number | null {
  try {
    return readdirSync('/proc/self/task').length;
  } catch {
    return null;
  }
}

export function leftText({ residentBytes, heapBytes, threads, handles, listeners }: Left): string {
  const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  return (
    `${mebibytes(residentBytes)} resident, ${mebibytes(heapBytes)} of values, ${threads ?? '?'} threads, ` +
    `${handles} handles, ${listeners} listeners`
  );
}
