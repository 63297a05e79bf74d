/**
 * What a shell or a cluster lets a process have (`ulimit`), as far as lockstep has to know before it runs into it: there
 * V8 and libuv end the process with a stack trace, or without a word. Linux only: other systems don't say.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { replaceProcess } from './native.js';

/** Of Node.js: WebAssembly without the 8 to 10 GiB of addresses that each memory reserves for its guards. The bits are the same. */
const WITHOUT_GUARDS = '--disable-wasm-trap-handler';

/** With less than this the guards of one memory may be too much beside the data. */
const ROOM_FOR_GUARDS = 32 * 2 ** 30;

/** What a training of a small table on one worker takes. */
const LEAST_ADDRESSES = 2.5 * 2 ** 30;

/** What a thread reserves: V8's heap, code and stack, and the C library's heap. Measured: 0.55 to 0.75 GiB. */
const ADDRESSES_PER_THREAD = 0.75 * 2 ** 30;

/** libuv's own threads. It ends the process when it can't start them. */
const LIBUV_THREADS = 4;

/** What Node.js itself has before those: 6 or 7. */
const THREADS_OF_NODE = 8;

/** With this many a user has enough for anything, and nobody has to count them. */
const MANY_THREADS = 1024;

/**
 * Finds out whether the limits leave room to work, and makes room where it can: with little address space the process
 * starts again without guards. Returns what is wrong, in a line or two; null if nothing is.
 */
export function makeRoom(): string | null {
  keepHeapsSmall();
  const limits = readLimits();
  return problemOfThreads(limits) ?? problemOfAddresses(limits);
}

/**
 * What lies for long lies in the arena; V8 would let the space for new objects grow to 48 MiB in each thread, for what lives
 * as long as a chunk of rows. A training on 2 million rows of 9 columns peaks at 245 MiB instead of 302 (bench/memory.ts).
 */
function keepHeapsSmall(): void {
  // Of this thread, and of those to come.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--max-semi-space-size=1');
}

/** Why so many more threads have too little address space; null if they have enough, or nobody knows. */
export function problemOfMoreThreads(count: number): string | null {
  const limit = limitOf(readLimits(), 'Max address space');
  if (limit === null) return null;
  const needed = sizeOfProcess() + count * ADDRESSES_PER_THREAD;
  if (needed <= limit) return null;
  const threads = `${count} worker thread${count === 1 ? '' : 's'}`;
  return `address space: ${threads} need about ${inGiB(needed)} with what is in use, the limit is ${inGiB(limit)}.`;
}

/** What to do about too little address space. */
export function hintOfAddresses(): string {
  return isWithoutGuards()
    ? 'Raise `ulimit -v`, or try fewer rows or columns.'
    : `Raise \`ulimit -v\`, or set NODE_OPTIONS=${WITHOUT_GUARDS}: it reserves less.`;
}

/** How the addresses stand that `ulimit -v` leaves for one more WebAssembly memory; null if there is no limit. */
export function describeAddressLimit(): string | null {
  const limit = limitOf(readLimits(), 'Max address space');
  if (limit === null) return null;
  const guards = isWithoutGuards() ? '' : 'beside it V8 reserves up to 10 GiB of addresses, ';
  return `${guards}${inGiB(sizeOfProcess())} are in use, the limit is ${inGiB(limit)}`;
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
  // Still here: neither Node.js nor koffi can do that. Whoever makes a memory says what is missing.
  return null;
}

function isWithoutGuards(): boolean {
  return [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(' ')].includes(WITHOUT_GUARDS);
}

function problemOfThreads(limits: string): string | null {
  const limit = limitOf(limits, 'Max processes');
  // root has no such limit.
  if (limit === null || limit >= MANY_THREADS || process.getuid?.() === 0) return null;
  // Node.js 20 starts them to load modules: too early for anybody to look.
  if (threadsOf('self') > THREADS_OF_NODE) return null;
  const free = limit - countThreads(process.getuid!());
  if (free >= LIBUV_THREADS) return null;
  return `threads: lockstep needs ${LIBUV_THREADS} and one for each worker, the limit of ${limit} processes leaves ${Math.max(0, free)}.\nEnd other programs, or raise it: ulimit -u ${limit + 32}.`;
}

/** The threads of all processes of a user. */
function countThreads(user: number): number {
  let count = 0;
  for (const name of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      if (statSync(`/proc/${name}`).uid === user) count += threadsOf(name);
    } catch {
      // It has ended.
    }
  }
  return count;
}

function threadsOf(process: string): number {
  return readdirSync(`/proc/${process}/task`).length;
}

/** Linux's own table, empty elsewhere. */
function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'latin1');
  } catch {
    return '';
  }
}

/** The soft limit of that name; null if there is none. */
function limitOf(limits: string, name: string): number | null {
  const [, value] = new RegExp(`^${name}\\s+(\\d+)\\s`, 'm').exec(limits) ?? [];
  return value === undefined ? null : Number(value);
}

/** Addresses that are in use, in bytes. */
function sizeOfProcess(): number {
  const [, kilobytes] = /^VmSize:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
  return Number(kilobytes ?? 0) * 1024;
}

function inGiB(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
