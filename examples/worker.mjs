// Predicts batches in a thread of their own, so that the main thread stays free, for example for a server's other requests.
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { load } from 'lockstep';

const BATCHES = 20;
const ROWS = 20_000;

async function work() {
  const model = await load(workerData);
  parentPort.on('message', batch => parentPort.postMessage(model.predict(batch)));
}

async function main() {
  const worker = new Worker(new URL(import.meta.url), { workerData: process.argv[2] ?? 'iris.safetensors' });
  const predict = async batch => {
    worker.postMessage(batch, [batch.buffer]);
    const [answers] = await once(worker, 'message'); // rejects if the worker throws
    return answers;
  };
  const counts = {};
  const before = performance.eventLoopUtilization();
  for (let number = 0; number < BATCHES; number++) {
    for (const answer of await predict(flowers(number))) counts[answer] = (counts[answer] ?? 0) + 1;
  }
  const { utilization } = performance.eventLoopUtilization(before);
  await worker.terminate();
  console.log(`${BATCHES * ROWS} flowers:`, counts);
  console.log(`the main thread was busy for ${(100 * utilization).toFixed(0)} % of the time`);
}

/** Four lengths in centimetres for each row, the numbers of all rows one after the other. */
function flowers(number) {
  return Float32Array.from({ length: 4 * ROWS }, (_, i) => ((number * ROWS + i) % 71) / 10);
}

await (isMainThread ? main() : work());
