/**
 * lockstep's side of `npm run bench:mnist`: one training on MNIST to the target, in a process of its own, judged
 * after each epoch. Run by mnist.ts with one argument, the order in JSON.
 */
import { loadData } from '../../src/data/load.js';
import { describeNetwork } from '../../src/model/network.js';
import { loadWeights } from '../../src/store/model-file.js';
import { evaluate } from '../../src/train/evaluate.js';
import { train } from '../../src/train/train.js';
import type { Order, TrainedEvent } from './mnist-order.js';

const emit = (event: object) => process.stdout.write(`${JSON.stringify(event)}\n`);

async function main(word = ''): Promise<void> {
  if (word === '--versions')
    return void emit({ event: 'versions', versions: { 'Node.js': process.versions.node } });
  const order = JSON.parse(word) as Order;
  const { layers, activation, seed } = order;
  const hidden = layers.slice(1, -1).map(() => activation);
  const network = describeNetwork({ layers, hidden, output: 'softmax', loss: 'cross-entropy' });
  const { train: data, validation } = await loadMnist(order.data);
  const init = await loadWeights(order.init, network);
  const machine = { workers: order.cores, shards: 'auto', backend: order.way, blas: null } as const;
  const reduction = 'mean' as const;
  const initialLoss = (await evaluate(network, init, validation!, { ...machine, reduction })).loss;
  emit({ event: 'ready' });
  const begun = performance.now();
  const trained = { event: 'result' as const, initialLoss, seconds: 0, epochs: 0, accuracy: 0 };
  let description = '';
  const reports = train(network, data, validation, {
    ...machine,
    reduction,
    learningRate: order.learningRate,
    l2: 0,
    batchSize: order.batchSize,
    epochs: order.epochs,
    tolerance: null,
    shuffle: true,
    seed,
    update: 'sharded',
    init,
    initScheme: 'auto',
    signal: null,
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

/** Pixels of the training and the test images, for networks that take them divided by 255. */
function loadMnist(folder: string) {
  return loadData(folder, {
    target: null,
    features: null,
    task: 'auto',
    header: true,
    query: null,
    standardize: true,
    standardizeTargets: false,
    missing: 'error',
    validation: null,
    seed: 0,
  });
}

await main(process.argv[2]);
