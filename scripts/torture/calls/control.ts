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
  'EINTR',
  'EMFILE',
  'short write',
  'short read',
  'memory',
  'wasm',
  'threads',
  'koffi',
  'duckdb',
  'mpi',
] as const;

export type Kind = (typeof KINDS)[number];

/** Words of the shared memory. */
const KIND = 0;
const COUNT = 1;
const FIRST = 2;
const LAST = 3;
const FIRED = 4;
const TEXT_BYTES = 5;
const WORDS = 6;
/** Room for the description of the first call that failed. */
const MOST_TEXT = 512;

const KEY = 'lockstep-torture';
/** In the main thread it is made before anything replaces SharedArrayBuffer. */
const memory = isMainThread
  ? new SharedArrayBuffer(4 * WORDS + MOST_TEXT)
  : (getEnvironmentData(KEY) as SharedArrayBuffer);
if (isMainThread) setEnvironmentData(KEY, memory);
const words = new Int32Array(memory, 0, WORDS);
const text = new Uint8Array(memory, 4 * WORDS);

/** Makes the calls of this kind from first to last fail, and begins to count. */
export function arm(kind: Kind, first: number, last = first): void {
  words.fill(0);
  words[FIRST] = first;
  words[LAST] = last;
  Atomics.store(words, KIND, 1 + KINDS.indexOf(kind));
}

/** What happened since `arm`; nothing fails any more. */
export function disarm(): { calls: number; fired: number; what: string } {
  Atomics.store(words, KIND, 0);
  const what = new TextDecoder().decode(text.slice(0, words[TEXT_BYTES]));
  return { calls: words[COUNT]!, fired: words[FIRED]!, what };
}

/** The kind that is armed, if any. */
export function armed(): Kind | null {
  return KINDS[Atomics.load(words, KIND) - 1] ?? null;
}

/** Counts a call of the kind that is armed, and returns whether it has to fail. */
export function counts(what: string): boolean {
  const number = Atomics.add(words, COUNT, 1);
  if (number < words[FIRST]! || number > words[LAST]!) return false;
  if (Atomics.add(words, FIRED, 1) === 0) {
    const bytes = new TextEncoder().encode(what).subarray(0, MOST_TEXT);
    text.set(bytes);
    Atomics.store(words, TEXT_BYTES, bytes.length);
  }
  return true;
}
