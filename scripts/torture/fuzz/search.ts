/**
 * The search, in a separate thread that can be terminated if it hangs. An input that reaches something new is
 * kept and mutated further; one that is refused may be repaired; one that fails is reported. The current input is in shared memory.
 */
import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { Random } from '../../../src/random.js';
import { countAllocations } from './allocations.js';
import { type Draw, pick } from './bytes.js';
import { Corpus } from './corpus.js';
import type { Instrumented } from './instrument.js';
import { MOST_BYTES, mutate } from './mutate.js';
import { patch } from './patch.js';
import { type Compared, Recorder } from './record.js';
import type { Target } from './targets.js';

export interface SearchSetup extends Instrumented {
  target: string;
  /** Of the processor, not of the clock. */
  seconds: number;
  seed: number;
  /** For the current input: number of runs so far, its length; then its bytes. */
  shared: SharedArrayBuffer;
}

export interface Finding {
  message: string;
  stack: string;
  input: Uint8Array;
  /** How many there were, and seconds of the processor since the first. */
  runs: number;
  seconds: number;
}

export type SearchMessage = { finding: Finding } | { done: { runs: number; kept: number; reached: number } };

/** A few fixed-size pieces, plus what a compressed file may contain at the best ratio. */
const allowedBytes = (input: Uint8Array) => (16 << 20) + 2 * 1032 * input.length;

/** Comparisons of a refused run that may have refused it. */
const LAST = 6;
/** Consecutive repairs of an input. */
const MOST_REPAIRS = 6;

const { path, counters, target: name, seconds, seed, shared } = workerData as SearchSetup;
const recorder = new Recorder(counters);
recorder.install();
const { TARGETS } = (await import(pathToFileURL(path).href)) as { TARGETS: Record<string, Target> };
const target = TARGETS[name]!;
const words = new Int32Array(shared, 0, 2);
const place = new Uint8Array(shared, 8);
const corpus = new Corpus();
const known = new Set<string>();
const allocated = countAllocations();
let runs = 0;
const begun = processorSeconds();

async function tryOut(input: Uint8Array): Promise<{ isRead: boolean; compared: Compared[] }> {
  place.set(input);
  words[1] = input.length;
  // The parent thread watches this counter.
  Atomics.store(words, 0, ++runs);
  allocated();
  let isRead = false;
  try {
    isRead = await target.run(input);
    const bytes = allocated();
    if (bytes > allowedBytes(input)) throw new Error(`requested ${bytes} bytes of memory`);
  } catch (error) {
    report(error as Error, input);
  }
  const { features, compared } = recorder.take();
  corpus.add({ input, features, compared, isRead });
  return { isRead, compared };
}

/** Reports each location in the code once. */
function report({ message, stack = '' }: Error, input: Uint8Array): void {
  const key = stack.split('\n').slice(1, 4).join('\n') || message;
  if (known.has(key)) return;
  known.add(key);
  parentPort!.postMessage({
    finding: { message, stack, input, runs, seconds: processorSeconds() - begun },
  } satisfies SearchMessage);
}

/** Runs a mutation. If it is refused, what the last comparisons ask for is put in, one after the other. */
async function tryWithRepairs(mutation: Uint8Array): Promise<void> {
  let input = mutation;
  let { isRead, compared } = await tryOut(input);
  for (let left = draw(2) * MOST_REPAIRS; left > 0 && !isRead && compared.length > 0; left--) {
    const wanted = compared[draw(1 + draw(Math.min(LAST, compared.length)))]!;
    const patched = patch(input, wanted, draw)?.subarray(0, MOST_BYTES);
    if (!patched) continue;
    input = patched;
    ({ isRead, compared } = await tryOut(input));
  }
}

const random = new Random(seed, 'probe', createHash('sha256').update(name).digest().readUInt32LE());
let drawn = 0;
const draw: Draw = n => Math.floor(random.uniform(drawn++) * n);

recorder.take();
for (const input of target.seeds) await tryOut(input);
// The clock is slow to read.
for (let turn = 0; turn % 64 !== 0 || processorSeconds() - begun < seconds; turn++) {
  const { input, compared } = corpus.choose(draw);
  const patched = draw(3) === 0 && compared.length > 0 ? patch(input, pick(compared, draw), draw) : null;
  const isDone = patched !== null && draw(2) === 0;
  const mutation = isDone
    ? patched.subarray(0, MOST_BYTES)
    : mutate(patched ?? input, corpus.any(draw).input, target.words, draw);
  await tryWithRepairs(target.mend && draw(2) === 0 ? target.mend(mutation) : mutation);
}
parentPort!.postMessage({
  done: { runs, kept: corpus.size, reached: corpus.reached },
} satisfies SearchMessage);

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
