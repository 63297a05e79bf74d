/**
 * lockstep's side of `npm run bench -- mnist`: a training on MNIST until the target, evaluated after each epoch.
 * Started by mnist.ts in a separate process, which trains as it is asked to by a line of JSON.
 */
import { createInterface } from 'node:readline';
import { loadData } from '../../src/data/load.js';
import { PLAIN_DESCENT } from '../../src/model/optimizer.js';
import { loadWeights } from '../../src/store/model-file.js';
import { evaluate } from '../../src/train/jobs/evaluate.js';
import { networkFor } from '../../src/train/make-network.js';
import { train } from '../../src/train/train.js';
import type { Order, TrainedEvent } from './mnist-order.js';
import type { Answer } from './process.js';

const emit = (answer: Answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

async function run(order: Order): Promise<void> {
  const { layers, activation, seed } = order;
  const network = networkFor(layers, activation, 'multiclass');
  const { train: data, validation } = await loadData(order.data);
  const init = await loadWeights(order.init, network);
  const initialLoss = (await evaluate(network, init, validation!)).loss;
  const begun = performance.now();
  const trained = { event: 'trained' as const, initialLoss, seconds: 0, epochs: 0, accuracy: 0 };
  let description = '';
  const reports = train(network, data, validation, {
    optimizer: PLAIN_DESCENT,
    learningRate: order.learningRate,
    batchSize: order.batchSize,
    epochs: order.epochs,
    seed,
    init,
  });
  for await (const report of reports) {
    if (report.type === 'start') ({ description } = report);
    if (report.type !== 'epoch') continue;
    const { seconds, epoch: epochs } = report;
    Object.assign(trained, { seconds, epochs, accuracy: report.validation!.accuracy! });
    if (trained.accuracy >= order.target) break;
  }
  const totalSeconds = (performance.now() - begun) / 1000;
  emit({ ...trained, totalSeconds, description } satisfies TrainedEvent);
}

emit({ event: 'ready', versions: { 'Node.js': process.versions.node } });
for await (const line of createInterface(process.stdin)) await run(JSON.parse(line) as Order);
