/**
 * The search, in a separate thread that can be terminated if it hangs. An input that reaches something new is
 * kept and mutated further; one that fails is reported. The current input is in shared memory.
 */
import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { Random } from '../../../src/random.js';
import { countAllocations } from './allocations.js';
import { Coverage } from './coverage.js';
import { type Draw, mutate } from './mutate.js';
import type { Target } from './targets.js';

export interface SearchSetup {
  /** The instrumented targets. */
  path: string;
  target: string;
  seconds: number;
  seed: number;
  /** For the current input: number of runs so far, its length; then its bytes. */
  shared: SharedArrayBuffer;
}

export interface Finding {
  message: string;
  stack: string;
  input: Uint8Array;
}

export type SearchMessage = { finding: Finding } | { done: { runs: number; kept: number; reached: number } };

/** A few fixed-size pieces, plus what a compressed file may contain at the best ratio. */
const allowedBytes = (input: Uint8Array) => (16 << 20) + 2 * 1032 * input.length;

const { path, target: name, seconds, seed, shared } = workerData as SearchSetup;
const { TARGETS } = (await import(pathToFileURL(path).href)) as { TARGETS: Record<string, Target> };
const target = TARGETS[name]!;
const words = new Int32Array(shared, 0, 2);
const place = new Uint8Array(shared, 8);
const coverage = new Coverage();
const known = new Set<string>();
const corpus: Uint8Array[] = [];
const allocated = countAllocations();
let runs = 0;

async function tryOut(input: Uint8Array): Promise<void> {
  place.set(input);
  words[1] = input.length;
  // The parent thread watches this counter.
  Atomics.store(words, 0, ++runs);
  allocated();
  try {
    await target.run(input);
    const bytes = allocated();
    if (bytes > allowedBytes(input)) throw new Error(`requested ${bytes} bytes of memory`);
  } catch (error) {
    report(error as Error, input);
  }
  if (coverage.takeNews()) corpus.push(input);
}

/** Reports each location in the code once. */
function report({ message, stack = '' }: Error, input: Uint8Array): void {
  const key = stack.split('\n').slice(1, 4).join('\n') || message;
  if (known.has(key)) return;
  known.add(key);
  parentPort!.postMessage({ finding: { message, stack, input } } satisfies SearchMessage);
}

const random = new Random(seed, 'probe', createHash('sha256').update(name).digest().readUInt32LE());
let drawn = 0;
const draw: Draw = n => Math.floor(random.uniform(drawn++) * n);

const end = performance.now() + seconds * 1000;
for (const input of target.seeds) await tryOut(input);
while (performance.now() < end) {
  // The newest inputs are closest to unexplored code.
  const from = draw(2) === 0 ? Math.max(0, corpus.length - 16) : 0;
  const input = corpus[from + draw(corpus.length - from)]!;
  await tryOut(mutate(input, corpus[draw(corpus.length)]!, target.words, draw));
}
parentPort!.postMessage({
  done: { runs, kept: corpus.length, reached: coverage.reached },
} satisfies SearchMessage);
