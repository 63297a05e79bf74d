/**
 * Runs a training, or a command, and says what bits came of it. The one file of this folder that knows the product's
 * functions by name: when they are renamed or moved, it alone changes, and the hashes stay.
 */
import { createHash } from 'node:crypto';
import { runLine } from '../../src/commands/line/line.js';
import { modelChoiceOf } from '../../src/commands/settings/model-choice.js';
import { networkFor } from '../../src/commands/settings/network.js';
import { applyPreset, encodingOptions } from '../../src/commands/settings/preset.js';
import { loadTables } from '../../src/commands/settings/tables.js';
import { checkTogether, loadOptions, trainOptions } from '../../src/commands/settings/train-options.js';
import {
  type CommandName,
  nameOf,
  OPTIONS,
  optionOf,
  optionsOf,
  type Settings,
} from '../../src/config/options.js';
import { readSettings } from '../../src/config/settings.js';
import { metricOf } from '../../src/judge/metrics.js';
import { arithmeticOf as arithmeticOfBackend } from '../../src/kernels/arithmetic.js';
import { chooseBackend } from '../../src/kernels/choose.js';
import type { TrainState } from '../../src/model/state.js';
import { evaluate } from '../../src/train/jobs/evaluate.js';
import { chooseModel } from '../../src/train/model-choice.js';
import type { TrainOptions } from '../../src/train/options.js';
import type { EpochReport, Report, TrainResult } from '../../src/train/reports.js';
import { train } from '../../src/train/train.js';
import type { Line } from './lines.js';

/** Those whose bits are written down: native has those of fused arithmetic. */
export const BACKENDS = ['wasm', 'reference'] as const;
export type Backend = (typeof BACKENDS)[number] | 'native';

/** The class of arithmetic that a backend has here, which decides the bits. */
export function arithmeticOf(backend: Backend): 'reference' | 'fused' | 'unfused' {
  return arithmeticOfBackend(chooseBackend(backend, null)) ?? 'reference';
}

/** What came of a training, in bits: numbers are exact, as JSON writes them. */
export interface Outcome {
  /** sha256 of the weights after the last step. */
  weights: string;
  /** sha256 of the model's weights, if those are the best epoch's and not the last. */
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
  /** sha256 of the model's predictions, of the validation rows or, if there are none, the training rows. */
  predictions: string;
}

/** Trains as `lockstep train` would, without leaving a run's folder; resumed: stopped halfway, then resumed from that state. */
export async function runTraining(
  { words, options: given }: Line,
  { resumed = false }: { resumed?: boolean } = {},
): Promise<Outcome> {
  const { settings: asked, given: typed } = await readSettings('train', given);
  const tables = await load(words[0]!, asked, typed);
  const { train: data, validation } = tables;
  const settings = applyPreset(asked, typed, tables);
  checkTogether(settings);
  const network = networkFor(data, settings);
  const options = await trainOptions(network, data, settings, new AbortController().signal);
  const start = (more: Partial<TrainOptions>) =>
    finish(train(network, data, validation, { ...options, ...more }));
  const { result, epochs } = resumed ? await resumeHalfway(start) : await start({});
  const model = chooseModel(result, modelChoiceOf(settings)).weights;
  const { workers, shards, backend } = settings;
  const judged = await evaluate(network, model, validation ?? data, { workers, shards, backend });
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
    predictions: hash(judged.predictions),
  };
}

type Tables = ReturnType<typeof loadTables>;

/** Loaded once for all cases that read it alike. */
const loaded = new Map<string, Tables>();

function load(source: string, settings: Settings, given: Partial<Settings>): Tables {
  const options = { ...loadOptions(settings), ...encodingOptions(settings, given) };
  const key = JSON.stringify([source, settings.validation, options]);
  const tables = loaded.get(key) ?? loadTables(source, settings, given);
  loaded.set(key, tables);
  return tables;
}

interface Ended {
  epochs: EpochReport[];
  states: TrainState[];
  result: TrainResult;
}

/** Runs a training to its end. */
async function finish(training: AsyncGenerator<Report>): Promise<Ended> {
  const epochs: EpochReport[] = [];
  const states: TrainState[] = [];
  let result!: TrainResult;
  for await (const report of training) {
    if (report.type === 'epoch') epochs.push(report);
    if (report.type === 'checkpoint') states.push(report.state);
    if (report.type === 'end') result = report.result;
  }
  return { epochs, states, result };
}

/** Trains to the end, and again from the state that it had after half of the steps. */
async function resumeHalfway(start: (more: Partial<TrainOptions>) => Promise<Ended>): Promise<Ended> {
  const { epochs, states, result } = await start({ checkpoint: { every: 1, unit: 'steps' } });
  const half = Math.ceil(result.steps / 2);
  const resume = states.find(({ steps }) => steps === half)!;
  const ended = await start({ resume, init: null });
  return { ...ended, epochs: [...epochs.filter(({ epoch }) => epoch < resume.epoch), ...ended.epochs] };
}

function hash(numbers: Float32Array | Float64Array): string {
  return createHash('sha256').update(numbers).digest('hex');
}

/** Runs a line of the command line within this process. Returns what it prints on stdout. @throws Error if it fails */
export async function runCommand(words: readonly string[]): Promise<string> {
  const said = { stdout: '', stderr: '' };
  const names = ['stdout', 'stderr'] as const;
  const writes = names.map(name => process[name].write);
  for (const name of names) {
    process[name].write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
      said[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      rest.find(argument => typeof argument === 'function')?.();
      return true;
    };
  }
  try {
    const never = { signal: new AbortController().signal, requests: new EventTarget(), limitTime() {} };
    const code = await runLine(words, never);
    if (code !== 0) throw new Error(`${words.join(' ')}: exit code ${code}: ${said.stderr}`);
    return said.stdout;
  } finally {
    names.forEach((name, i) => {
      process[name].write = writes[i]!;
    });
  }
}

/** One option of some commands: its name, the words that it can have as a value, and the word that it has if it isn't given. */
export interface TableEntry {
  name: string;
  choices: string[];
  usual: string;
}

/** The options of these commands, as the table of options has them. */
export function optionTable(commands: readonly CommandName[]): TableEntry[] {
  return commands.flatMap(command =>
    optionsOf(command).map(key => ({
      name: nameOf(key),
      choices: optionOf(key)
        .kind.values.split(/[|,]/)
        .filter(word => /^[a-z]/.test(word)),
      usual: String(OPTIONS[key].default),
    })),
  );
}
