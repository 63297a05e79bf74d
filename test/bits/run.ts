/**
 * Runs a case and says what bits came of it. The one file of this folder that knows the product's functions by name: when
 * they are renamed or moved, it alone changes, and the hashes stay.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { chooseModel } from '../../src/commands/model-choice.js';
import { networkFor } from '../../src/commands/network.js';
import { checkTogether, loadOptions, loadTables, trainOptions } from '../../src/commands/training.js';
import type { Settings } from '../../src/config/options.js';
import { readSettings } from '../../src/config/settings.js';
import { chooseBackend, createKernels } from '../../src/kernels/choose.js';
import { evaluate } from '../../src/train/evaluate.js';
import { metricOf } from '../../src/train/metrics.js';
import type { TrainOptions } from '../../src/train/options.js';
import type { EpochReport, Report, TrainResult } from '../../src/train/reports.js';
import type { TrainState } from '../../src/train/state.js';
import { train } from '../../src/train/train.js';
import { COMMON } from './cases.js';
import { optionsOfLine, wordsOf } from './lines.js';

export type Backend = 'wasm' | 'reference';

/** What came of a training, in bits: numbers are exact, as JSON writes them. */
export interface Outcome {
  /** sha256 of the weights after the last step. */
  weights: string;
  /** sha256 of those of the model, if they are another epoch's. */
  best?: string;
  /** Of each epoch, of the training rows. */
  losses: number[];
  /** Of each epoch, of the validation rows. */
  validation?: number[];
  /** Of the validation rows, after the last epoch. */
  metrics?: (number | null)[];
  /** Of each epoch. */
  noise?: (number | null)[];
  steps: number;
  /** sha256 of the model's predictions, of the validation rows or, without them, the training rows. */
  predictions: string;
}

/**
 * The class of arithmetic that a backend has here, which decides the bits: whether the WebAssembly kernels add a product in
 * one rounding (relaxed SIMD, Node.js 22 and later) or in two. Found by a product that tells them apart.
 */
export function arithmeticOf(backend: Backend): 'reference' | 'wasm-fused' | 'wasm-unfused' {
  if (backend === 'reference') return backend;
  const memory = new WebAssembly.Memory({ initial: 256, maximum: 256, shared: true });
  const kernels = createKernels(chooseBackend('wasm', null), memory, 8 << 20);
  const [c, a, b] = [1024, 2048, 3072];
  const e = 2 ** -12;
  new Float32Array(memory.buffer, a, 2).set([1, 1 + e]);
  new Float32Array(memory.buffer, b, 2).set([-1 - 2 * e, 1 + e]);
  kernels.multiply(c, a, b, 1, 1, 2, 2, 1, 1, false, false, false);
  // (1 + e)² − (1 + 2 e), which is e² or, with (1 + e)² rounded before, 0.
  return new Float32Array(memory.buffer, c, 1)[0] === 0 ? 'wasm-unfused' : 'wasm-fused';
}

/** Where and how a case runs. */
export interface Place {
  /** Where files.ts has written the files. */
  folder: string;
  backend: Backend;
  /** Options that take the place of the case's own. */
  other?: string;
  /** Whether the training is stopped after a step in its middle, and resumed from that state. */
  interrupted?: boolean;
}

/** Trains as `lockstep train LINE` does, without a run's folder. */
export async function runCase(
  line: string,
  { folder, backend, other = '', interrupted = false }: Place,
): Promise<Outcome> {
  const { settings, source } = await readLine(`${line} ${other} --backend ${backend}`, folder);
  checkTogether(settings);
  const { train: data, validation } = await load(source, settings);
  const network = networkFor(data, settings);
  const options = await trainOptions(network, data, settings, new AbortController().signal);
  const start = (more: Partial<TrainOptions>) =>
    finish(train(network, data, validation, { ...options, ...more }));
  let ended = await start({});
  if (interrupted) {
    const resume = await stateWithin(start, Math.ceil(ended.result.steps / 2));
    ended = await start({ resume, init: null });
  }
  const { result, epochs } = ended;
  const model = chooseModel(result, settings).weights;
  const { workers, shards } = settings;
  const machine = { backend, workers, shards };
  const { predictions } = await evaluate(network, model, validation ?? data, machine);
  const [weights, best] = [hash(result.weights), hash(model)];
  return {
    weights,
    ...(best !== weights && { best }),
    losses: epochs.map(epoch => epoch.training.loss),
    ...(validation && { validation: epochs.map(epoch => epoch.validation!.loss) }),
    ...(settings.metrics && {
      metrics: settings.metrics.map(name => metricOf(result.validation!, name) ?? null),
    }),
    ...(settings.noiseScale && { noise: epochs.map(({ noise }) => noise!.scale) }),
    steps: result.steps,
    predictions: hash(predictions),
  };
}

type Tables = ReturnType<typeof loadTables>;

/** Loaded once for all cases that read it alike. */
const loaded = new Map<string, Tables>();

function load(source: string, settings: Settings): Tables {
  const key = JSON.stringify([source, settings.validation, loadOptions(settings)]);
  const tables = loaded.get(key) ?? loadTables(source, settings);
  loaded.set(key, tables);
  return tables;
}

interface Ended {
  epochs: EpochReport[];
  states: TrainState[];
  result: TrainResult;
}

/** Runs a training to its end. */
async function finish(training: AsyncGenerator<Report, TrainResult>): Promise<Ended> {
  const ended: Omit<Ended, 'result'> = { epochs: [], states: [] };
  for (;;) {
    const { value, done } = await training.next();
    if (done) return { ...ended, result: value };
    if (value.type === 'epoch') ended.epochs.push(value);
    if (value.type === 'checkpoint') ended.states.push(value.state);
  }
}

/** The state of the same training after so many steps. */
async function stateWithin(
  start: (more: Partial<TrainOptions>) => Promise<Ended>,
  steps: number,
): Promise<TrainState> {
  const { states } = await start({ checkpoint: { every: 1, unit: 'steps' } });
  return states.find(state => state.steps === steps)!;
}

function hash(numbers: Float32Array | Float64Array): string {
  return createHash('sha256').update(numbers).digest('hex');
}

/** The settings of a line, the data it names, and COMMON's options where it has none of its own. */
async function readLine(line: string, folder: string) {
  const place = (text: string) =>
    text.startsWith('files/') ? join(folder, text.slice('files/'.length)) : text;
  const given = Object.entries({ ...optionsOfLine(COMMON), ...optionsOfLine(line) })
    .filter(([, value]) => value !== 'usual')
    .map(([name, value]) => [name, value === true ? true : place(value)]);
  const { settings } = await readSettings('train', Object.fromEntries(given));
  return { settings, source: place(wordsOf(line)[0]!) };
}
