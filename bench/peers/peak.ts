/**
 * The processor's peak: fused multiply-adds between registers, by the widest vectors that lockstep uses, on all cores at once.
 * No product can be faster.
 */
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { findInstructionSet } from '../../src/kernels/native/instruction-set.js';
import { at, MEMORY, type Vector } from '../../src/kernels/native/machine.js';
import { machineOf } from '../../src/kernels/native/machines.js';
import { codeRunner, HEADER_WORDS } from '../../src/kernels/native/runner.js';

/** More than latency × units of any processor here, so that no sum waits for itself. */
const SUMS = 12;
const UNROLLED = 8;
const TURNS = 100_000;
const SAMPLES = 40;

/** Operations per second of so many threads together; null if no machine code runs here. */
export async function measurePeak(threads: number): Promise<number | null> {
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL(import.meta.url), { workerData: 'peak' }),
  );
  try {
    // Each measures once all are there.
    await Promise.all(workers.map(worker => once(worker, 'message')));
    const rates = workers.map(worker => once(worker, 'message'));
    for (const worker of workers) worker.postMessage('begin');
    return (await Promise.all(rates)).reduce((sum, [rate]) => sum + (rate as number), 0);
  } catch {
    return null;
  } finally {
    await Promise.all(workers.map(worker => worker.terminate()));
  }
}

/** The best of some samples: noise only makes one slower. */
function measureThread(): number {
  const machine = machineOf(findInstructionSet());
  const sums: Vector[] = Array.from({ length: SUMS }, (_, i) => i);
  const turns = 0;
  machine.enter();
  for (const sum of sums) machine.zero(sum);
  machine.set(turns, TURNS);
  machine.label('turn');
  // Every sum is 0 and stays 0, so that its own register serves as the factor.
  for (let i = 0; i < UNROLLED; i++) machine.multiplyAddBroadcast(sums, at(MEMORY), sums);
  machine.countDown(turns, 'turn');
  machine.leave();
  const operations = 2 * SUMS * machine.lanes * UNROLLED * TURNS;
  const runner = codeRunner();
  const address = runner.place(machine.bytes());
  const list = new Uint32Array(2 * HEADER_WORDS);
  list.set([address, address / 2 ** 32, HEADER_WORDS * 4]);
  const arena = new Uint32Array(16);
  let best = 0;
  for (let i = 0; i < SAMPLES; i++) {
    const begun = performance.now();
    runner.run(runner.addressOf(list), runner.addressOf(arena));
    best = Math.max(best, operations / ((performance.now() - begun) / 1000));
  }
  return best;
}

if (!isMainThread && workerData === 'peak') {
  parentPort!.postMessage('ready');
  parentPort!.once('message', () => parentPort!.postMessage(measureThread()));
}
