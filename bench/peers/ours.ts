/**
 * lockstep as one of the measured programs: runs `lockstep bench` in a separate process after checking the
 * loss. Started by main.ts with the arguments described in peers.ts; WAY is the backend.
 */
import type { BackendName } from '../../src/kernels/kernels.js';
import { bench } from '../../src/lab/bench/bench.js';
import { randomRows } from '../../src/lab/bench/random-rows.js';
import { PLAIN_DESCENT } from '../../src/model/optimizer.js';
import { networkFor } from '../../src/train/make-network.js';
import { train } from '../../src/train/train.js';
import type { PeerEvent } from './events.js';

const CHECK_ROWS = 64;
const CHECK_STEPS = 4;
const SEED = 1;

const emit = (event: PeerEvent) => process.stdout.write(`${JSON.stringify(event)}\n`);

async function main(): Promise<void> {
  const [layersText = '', batch, rows, seconds, , way, cores] = process.argv.slice(2);
  if (layersText === '--versions') {
    emit({ event: 'versions', versions: { 'Node.js': process.versions.node } });
    return;
  }
  const layers = layersText.split(',').map(Number);
  const backend = way as BackendName;
  const workers = Number(cores);
  await checkLoss(layers, backend, workers, Math.min(CHECK_ROWS, Number(batch)));
  emit({ event: 'ready' });
  const measured = await bench({
    layers,
    activation: 'tanh',
    batchSize: Number(batch),
    rows: Number(rows),
    seconds: Number(seconds),
    workers,
    backend,
    seed: SEED,
  });
  emit({
    event: 'result',
    seconds: measured.stepSeconds.median,
    steps: measured.steps,
    description: measured.description,
  });
}

/** Takes a few steps on the same rows. @throws Error if the loss doesn't fall */
async function checkLoss(layers: number[], backend: BackendName, workers: number, rows: number) {
  const network = networkFor(layers, 'tanh', 'multiclass');
  const losses: number[] = [];
  const reports = train(network, randomRows(network, rows, SEED), null, {
    optimizer: PLAIN_DESCENT,
    learningRate: 0.01,
    batchSize: 'full',
    epochs: CHECK_STEPS,
    seed: SEED,
    workers: Math.min(workers, rows),
    backend,
  });
  for await (const report of reports) if (report.type === 'epoch') losses.push(report.training.loss);
  const [before = Number.NaN, after = Number.NaN] = [losses[0], losses.at(-1)];
  if (!(after < before)) throw new Error(`the loss went from ${before} to ${after}`);
}

await main();
