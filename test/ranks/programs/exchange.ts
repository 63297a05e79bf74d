/** The worker thread of operations.ts: messages between places in shared memory, from each rank to each. Posts problems. */
import { parentPort, workerData } from 'node:worker_threads';
import { openExchange } from '../../../src/ranks/exchange.js';
import type { RankHandle } from '../../../src/ranks/ranks.js';

const PAGE = 65_536;
/** Lengths of the messages from each rank to each; together they need more than the first requests. */
const LENGTHS = [0, 1, 4, 1003, 65_536, 200_001, ...Array.from({ length: 30 }, (_, i) => 8 * i)];
const TOTAL = LENGTHS.reduce((sum, length) => sum + length, 0);
const SECONDS = 20;

const handle = workerData as RankHandle;
const { rank, size } = handle;
const pages = Math.ceil((2 * size * TOTAL) / PAGE) + 1;
const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
const bytes = new Uint8Array(memory.buffer);
const exchange = openExchange(handle, memory);
const problems: string[] = [];
const bed = new Int32Array(new SharedArrayBuffer(4));

const byteOf = (from: number, to: number, i: number) => (i * 13 + (i >> 9) * 5 + from * 7 + to * 3 + 1) & 255;
/** Where what is for a rank lies, and what is from one. */
const outOf = (to: number) => to * TOTAL;
const inOf = (from: number) => (size + from) * TOTAL;

function waitForAll(what: string): void {
  const begun = performance.now();
  while (!exchange.isDone()) {
    Atomics.wait(bed, 0, 0, 0.05);
    if (performance.now() - begun < 1000 * SECONDS) continue;
    problems.push(`${what}: rank ${rank} still waits for ${exchange.waitingFor()}`);
    return;
  }
}

function exchangeAll(order: (lengths: typeof LENGTHS) => [length: number, tag: number][]): void {
  bytes.fill(0, inOf(0));
  for (let to = 0; to < size; to++) {
    for (let i = 0; i < TOTAL; i++) bytes[outOf(to) + i] = byteOf(rank, to, i);
  }
  const begins = LENGTHS.map((_, i) => LENGTHS.slice(0, i).reduce((sum, length) => sum + length, 0));
  for (let from = 0; from < size; from++) {
    if (from === rank) continue;
    for (const [tag, length] of LENGTHS.entries())
      exchange.receive(from, inOf(from) + begins[tag]!, length, tag);
  }
  for (let to = 0; to < size; to++) {
    if (to === rank) continue;
    for (const [length, tag] of order(LENGTHS)) exchange.send(to, outOf(to) + begins[tag]!, length, tag);
  }
  waitForAll('messages');
  for (let from = 0; from < size; from++) {
    if (from === rank) continue;
    const wrong = bytes
      .subarray(inOf(from), inOf(from) + TOTAL)
      .findIndex((b, i) => b !== byteOf(from, rank, i));
    if (wrong >= 0) problems.push(`byte ${wrong} from rank ${from} to ${rank}`);
  }
}

const tagged = (lengths: readonly number[]) =>
  [...lengths.entries()].map(([tag, n]) => [n, tag] as [number, number]);
exchangeAll(tagged);
// Tags tell messages apart that arrive in another order.
exchangeAll(lengths => tagged(lengths).reverse());

// A message that is not sent yet, and who owes it.
if (!exchange.isDone()) problems.push('something is left');
const [next, previous] = [(rank + 1) % size, (rank + size - 1) % size];
if (size > 1) {
  exchange.receive(previous, 0, 8, 9);
  const waiting = exchange.waitingFor();
  // The others may have sent theirs already.
  if (waiting.length > 0 && `${waiting}` !== `${previous}`)
    problems.push(`waits for ${waiting}, not ${previous}`);
  exchange.send(next, PAGE, 8, 9);
  waitForAll('the late message');
}
try {
  exchange.send(size + 5, 0, 1, 0);
  problems.push('a message to a rank that does not exist was sent');
} catch (error) {
  if (!/^MPI_Isend: .*rank/i.test((error as Error).message)) problems.push(`${error}`);
}
parentPort!.postMessage(problems);
