/**
 * Limits that a shell or cluster sets for a process (`ulimit`). They are checked in advance, because beyond
 * them V8 and libuv end the process with a stack trace or silently. Linux only: other systems don't report
 * them.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { replaceProcess } from './native.js';

/**
 * Node.js option that avoids the 8 to 10 GiB of address space that each WebAssembly memory reserves for guard
 * pages. The bits are the same.
 */
const WITHOUT_GUARDS = '--disable-wasm-trap-handler';

/** With less address space, there may be no room for the data besides the guard pages of one memory. */
const ROOM_FOR_GUARDS = 32 * 2 ** 30;

/** Address space of a training with a small table and one worker. */
const LEAST_ADDRESSES = 2.5 * 2 ** 30;

/**
 * Node.js has about 20 open files, and opens several at once while it loads modules: with too few it says that packages are
 * missing.
 */
const LEAST_FILES = 96;

/**
 * Address space that a thread reserves for V8's heap, code and stack, and the C library's heap. Measured:
 * 0.55 to 0.75 GiB.
 */
const ADDRESSES_PER_THREAD = 0.75 * 2 ** 30;

/** libuv's own threads. libuv aborts the process if it can't start them. */
const LIBUV_THREADS = 4;

/** Threads that Node.js itself has before those: 6 or 7. */
const THREADS_OF_NODE = 8;

/** With at least this many threads allowed, they need not be counted. */
const MANY_THREADS = 1024;

/**
 * Checks whether the limits leave enough room, and makes room if possible: with little address space,
 * restarts the process without guard pages. Returns the problem in one or two lines, or null.
 */
export function makeRoom(): string | null {
  keepHeapsSmall();
  const limits = readLimits();
  return problemOfFiles(limits) ?? problemOfThreads(limits) ?? problemOfAddresses(limits);
}

/**
 * Keeps V8's young generation small: long-lived data is in the arena, and V8 would otherwise let the space
 * for new objects grow to 48 MiB in each thread. A training on 2 million rows of 9 columns peaks at 245 MiB
 * instead of 302 (bench/memory.ts).
 */
function keepHeapsSmall(): void {
  // Applies to this thread and to later ones.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--max-semi-space-size=1');
}

/**
 * Why there is too little address space for `count` more threads; null if there is enough, or if the limit is
 * unknown.
 */
export function problemOfMoreThreads(count: number): string | null {
  const limit = limitOf(readLimits(), 'Max address space');
  if (limit === null) return null;
  const needed = sizeOfProcess() + count * ADDRESSES_PER_THREAD;
  if (needed <= limit) return null;
  const threads = `${count} worker thread${count === 1 ? '' : 's'}`;
  return `address space: ${threads} need about ${inGiB(needed)} with what is in use, the limit is ${inGiB(limit)}.`;
}

/** Hint about too little address space. */
export function hintOfAddresses(): string {
  return isWithoutGuards()
    ? 'Raise `ulimit -v`, or try fewer rows or columns.'
    : `Raise \`ulimit -v\`, or set NODE_OPTIONS=${WITHOUT_GUARDS}: it reserves less.`;
}

/** Describes what `ulimit -v` leaves for one more WebAssembly memory; null if there is no limit. */
export function describeAddressLimit(): string | null {
  const limit = limitOf(readLimits(), 'Max address space');
  if (limit === null) return null;
  const guards = isWithoutGuards() ? '' : 'beside it V8 reserves up to 10 GiB of addresses, ';
  return `${guards}${inGiB(sizeOfProcess())} are in use, the limit is ${inGiB(limit)}`;
}

function problemOfFiles(limits: string): string | null {
  const limit = limitOf(limits, 'Max open files');
  if (limit === null || limit >= LEAST_FILES) return null;
  return `open files: lockstep needs ${LEAST_FILES} or more, the limit is ${limit}.\nRaise it: ulimit -n 256.`;
}

function problemOfAddresses(limits: string): string | null {
  const limit = limitOf(limits, 'Max address space');
  if (limit === null) return null;
  if (limit < LEAST_ADDRESSES) {
    return `address space: lockstep needs ${inGiB(LEAST_ADDRESSES)} or more, the limit is ${inGiB(limit)}.\nRaise it: ulimit -v ${LEAST_ADDRESSES / 1024}.`;
  }
  if (limit < ROOM_FOR_GUARDS && !isWithoutGuards()) {
    replaceProcess([process.execPath, ...process.execArgv, WITHOUT_GUARDS, ...process.argv.slice(1)]);
  }
  // The restart failed: neither Node.js nor koffi can do it. Whoever allocates a memory will report the
  // problem.
  return null;
}

function isWithoutGuards(): boolean {
  return [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(' ')].includes(WITHOUT_GUARDS);
}

function problemOfThreads(limits: string): string | null {
  const limit = limitOf(limits, 'Max processes');
  // root has no such limit.
  if (limit === null || limit >= MANY_THREADS || process.getuid?.() === 0) return null;
  // Node.js 20 starts them to load modules, before anything can be checked.
  if (threadsOf('self') > THREADS_OF_NODE) return null;
  const free = limit - countThreads(process.getuid!());
  if (free >= LIBUV_THREADS) return null;
  return `threads: lockstep needs ${LIBUV_THREADS} and one for each worker, the limit of ${limit} processes leaves ${Math.max(0, free)}.\nEnd other programs, or raise it: ulimit -u ${limit + 32}.`;
}

/** Number of threads of all processes of a user. */
function countThreads(user: number): number {
  let count = 0;
  for (const name of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      if (statSync(`/proc/${name}`).uid === user) count += threadsOf(name);
    } catch {
      // The process has ended.
    }
  }
  return count;
}

function threadsOf(process: string): number {
  return readdirSync(`/proc/${process}/task`).length;
}

/** Limits reported by Linux; empty on other systems. */
function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'latin1');
  } catch {
    return '';
  }
}

/** The soft limit with that name; null if there is none. */
function limitOf(limits: string, name: string): number | null {
  const [, value] = new RegExp(`^${name}\\s+(\\d+)\\s`, 'm').exec(limits) ?? [];
  return value === undefined ? null : Number(value);
}

/** Address space in use, in bytes. */
function sizeOfProcess(): number {
  const [, kilobytes] = /^VmSize:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
  return Number(kilobytes ?? 0) * 1024;
}

function inGiB(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
