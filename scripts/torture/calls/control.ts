/**
 * Which call of the system fails next, in memory that all threads of the process share. The calls of one kind are counted
 * from 0 over all threads; those from `first` to `last` fail. Nothing fails unless it is armed.
 */
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';

/** What can fail. The first ones are files, by the error that the system gives. */
export const KINDS = [
  'ENOSPC',
  'EIO',
  'EACCES',
  'EPERM',
  'EINTR',
  'EMFILE',
  'short write',
  'short read',
  'EAGAIN on a stream',
  'EPIPE on stdout',
  'memory',
  'wasm',
  'threads',
  'thread ends',
  'early wake',
  'messages',
  'koffi',
  'duckdb',
  'mpi',
  'server refuses',
  'server closes',
  'server hangs',
] as const;

export type Kind = (typeof KINDS)[number];

/** Words of the shared memory. */
const KIND = 0;
const COUNT = 1;
const FIRST = 2;
const LAST = 3;
const FIRED = 4;
const TEXT_BYTES = 5;
const LOG_BYTES = 6;
const WORDS = 7;
/** Room for the description of the first call that failed. */
const MOST_TEXT = 512;
/** Room for the descriptions of all calls; what goes beyond is counted but not described. */
const MOST_LOG = 2 ** 20;

/** No call is that one. */
export const NEVER = 2 ** 31 - 1;

const KEY = 'lockstep-torture';
/** In the main thread it is made before anything replaces SharedArrayBuffer. */
const memory = isMainThread
  ? new SharedArrayBuffer(4 * WORDS + MOST_TEXT + MOST_LOG)
  : (getEnvironmentData(KEY) as SharedArrayBuffer);
if (isMainThread) setEnvironmentData(KEY, memory);
const words = new Int32Array(memory, 0, WORDS);
const text = new Uint8Array(memory, 4 * WORDS, MOST_TEXT);
const log = new Uint8Array(memory, 4 * WORDS + MOST_TEXT, MOST_LOG);
/** Those of Atomics may themselves be made to fail. */
const { add, load, store } = Atomics;

/** Makes the calls of this kind from first to last fail, and begins to count. Without numbers, it only counts and describes them. */
export function arm(kind: Kind, first: number = NEVER, last = first): void {
  words.fill(0);
  words[FIRST] = first;
  words[LAST] = last;
  store(words, KIND, 1 + KINDS.indexOf(kind));
}

/** What happened since `arm`. */
export interface Told {
  calls: number;
  fired: number;
  /** The first call that failed. */
  what: string;
  /** All of them, if none was to fail. */
  all: string[];
}

/** Returns what happened since `arm`; nothing fails any more. */
export function disarm(): Told {
  store(words, KIND, 0);
  const decoded = (bytes: Uint8Array) => new TextDecoder().decode(bytes.slice());
  const what = decoded(text.subarray(0, words[TEXT_BYTES]));
  const all = decoded(log.subarray(0, Math.min(words[LOG_BYTES]!, MOST_LOG)))
    .split('\n')
    .slice(0, -1);
  return { calls: words[COUNT]!, fired: words[FIRED]!, what, all };
}

/** The kind that is armed, if any. */
export function armed(): Kind | null {
  return KINDS[load(words, KIND) - 1] ?? null;
}

/** Counts a call of the kind that is armed, and returns whether it has to fail. */
export function counts(what: string): boolean {
  const number = add(words, COUNT, 1);
  if (words[FIRST] === NEVER) describe(what);
  if (number < words[FIRST]! || number > words[LAST]!) return false;
  if (add(words, FIRED, 1) === 0) {
    const bytes = new TextEncoder().encode(what).subarray(0, MOST_TEXT);
    text.set(bytes);
    store(words, TEXT_BYTES, bytes.length);
  }
  return true;
}

function describe(what: string): void {
  const bytes = new TextEncoder().encode(`${what.slice(0, MOST_TEXT)}\n`);
  if (load(words, LOG_BYTES) + bytes.length > MOST_LOG) return;
  const at = add(words, LOG_BYTES, bytes.length);
  if (at + bytes.length <= MOST_LOG) log.set(bytes, at);
}
