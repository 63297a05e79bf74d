/**
 * Ways to train a configuration that must not change a bit: each is one or more lines, of which the last ends the training. Most
 * are run in this process, which is much faster than a process for each; ranks are processes.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Interruption } from '../../../src/commands/line/signals.js';
import { findMpirun, launchWords, localTemplate } from '../../../src/ranks/mpirun.js';
import { runHere } from '../faults/run-here.js';
import { CLI } from '../process.js';
import { type Configuration, type Dice, wordsOf } from './configuration.js';

/** What a line does besides its words. */
interface Line {
  words: readonly string[];
  /** Environment. */
  set?: Readonly<Record<string, string>>;
  /** SIGINT comes after this time. */
  milliseconds?: number;
  ranks?: number;
}

export interface Way {
  name: string;
  lines(configuration: Configuration): Line[];
}

/** How a training ended: its code, and its results without what may differ, or its error. */
export interface Outcome {
  code: number;
  results: string;
}

/** What a plain training tells: how far ways may vary. A training that has failed has no steps. */
export interface Extent {
  shards: number;
  steps: number;
  milliseconds: number;
}

/** Figures of time and of the machine. */
const MAY_DIFFER = new Set(
  'seconds samplesPerSecond phases backend description workers memoryBytes model'.split(' '),
);
const RUN = 'varied';
const PLAIN_RUN = 'plain';
const mpirun = findMpirun();
/** Launches take seconds. */
const RANKS_CHANCE = 0.01;

function train(configuration: Configuration, out: string, ...words: readonly string[]): string[] {
  return ['train', ...wordsOf(configuration), `--out=${out}`, '--json', '--quiet', ...words];
}

const resume = (...words: readonly string[]) => ['train', `--resume=${RUN}`, '--json', '--quiet', ...words];

export const PLAIN: Way = {
  name: 'plain',
  lines: configuration => [{ words: train(configuration, PLAIN_RUN, '--workers=1') }],
};

/**
 * Draws a way for a configuration.
 * @param machine whether WebAssembly has the class of native code, and whether AVX2 is a second instruction set
 */
export function randomWay(
  dice: Dice,
  configuration: Configuration,
  { shards, steps, milliseconds }: Extent,
  machine: { wasm: boolean; avx2: boolean },
): Way {
  const most = Math.min(4, shards);
  const count = 1 + dice.below(most);
  const [first, second] = [`--workers=${count}`, `--workers=${1 + dice.below(most)}`];
  const backend = machine.wasm && dice.chance(0.3) ? ['--backend=wasm'] : [];
  const whole = (name: string, words: string[], more: Partial<Line> = {}): Way => ({
    name,
    lines: one => [{ words: train(one, RUN, ...words), ...more }],
  });
  // With lbfgs, all workers search together. What is refused must not get another reason to be.
  const canCoordinate = steps > 0 && givenValue(configuration, 'optimizer') !== 'lbfgs';
  const update = canCoordinate && dice.chance(0.3) ? ['--update=coordinator'] : [];
  const ways = [whole('workers', [`--workers=${most}`, ...update]), whole('workers', [first, ...backend])];
  if (machine.wasm) ways.push(whole('backend', [second, '--backend=wasm']));
  if (machine.avx2) ways.push(whole('AVX2', [first], { set: { LOCKSTEP_INSTRUCTION_SET: 'AVX2' } }));
  if (steps < 2) return dice.pick(ways);

  const step = 2 + dice.below(steps - 1);
  const fault = `--inject-fault=${dice.below(count)}:${step}:${dice.pick(['gradient', 'update'])}`;
  const every = `--checkpoint-every=${1 + dice.below(step - 1)}`;
  const after = Math.round(dice.below(100) * 0.01 * milliseconds);
  const runs = 1 + dice.below(2);
  ways.push(
    whole('lost worker', [first, `${fault}:${dice.pick(['throw', 'exit'])}`]),
    whole('checkpoints', [first, every]),
    {
      name: 'interruption',
      lines: one => [
        { words: train(one, RUN, first, every, `${fault}:throw:3`) },
        { words: resume(second, ...backend) },
      ],
    },
    {
      name: 'signal',
      lines: one => [
        { words: train(one, RUN, first), milliseconds: after },
        { words: resume(second), milliseconds: after },
        { words: resume(second, ...backend) },
      ],
    },
    {
      name: 'repetition',
      lines: one => [
        ...PLAIN.lines(one),
        { words: ['train', `--config=${PLAIN_RUN}/config.json`, `--out=${RUN}`, '--json', '--quiet', first] },
      ],
    },
  );
  // Each fold encodes its own rows, and a training on all rows would have to join those of two parts.
  if (!isGiven(configuration, ['folds', 'refit'])) {
    ways.push({
      name: 'cache',
      lines: one => Array(runs).fill({ words: train(one, RUN, '--cache=cache', '--force', first) }),
    });
  }
  if (canBeExtended(configuration)) {
    ways.push({
      name: 'extension',
      lines: one => [
        { words: train(withEpochs(one, '1'), RUN, first) },
        { words: resume(second, `--epochs=${givenValue(one, 'epochs')}`) },
      ],
    });
  }
  const canRank = mpirun !== null && shards > 1 && dice.chance(RANKS_CHANCE);
  return canRank ? whole('ranks', ['--workers=1'], { ranks: 2 }) : dice.pick(ways);
}

/** Options by which a training depends on its number of epochs, ends early, or consists of several. */
const NOT_EXTENDED = ['max-steps', 'patience', 'refit', 'folds', 'ensemble', 'preset'];
/** Schedules that don't last the whole training. */
const EXTENDED_SCHEDULES = ['constant', 'step', 'exponential', 'inverse-time', 'plateau'];

/** Whether a run of one epoch can be extended to this one. A table without a schedule may get one that lasts the whole training. */
function canBeExtended(configuration: Configuration): boolean {
  const { data } = configuration;
  const schedule =
    givenValue(configuration, 'lr-schedule') ?? (data.startsWith('table') ? 'auto' : 'constant');
  const isWhole = isGiven(configuration, NOT_EXTENDED);
  return !isWhole && EXTENDED_SCHEDULES.includes(schedule) && Number(givenValue(configuration, 'epochs')) > 1;
}

function isGiven({ options }: Configuration, names: readonly string[]): boolean {
  return options.some(([name]) => names.includes(name));
}

function givenValue({ options }: Configuration, name: string): string | null | undefined {
  return options.find(([one]) => one === name)?.[1];
}

function withEpochs({ data, options }: Configuration, epochs: string): Configuration {
  return { data, options: options.map(one => (one[0] === 'epochs' ? ['epochs', epochs] : one)) };
}

/** Trains in the working folder, where nothing of an earlier training is left. */
export async function runWay(way: Way, configuration: Configuration): Promise<Outcome> {
  for (const folder of [RUN, 'cache']) rmSync(folder, { recursive: true, force: true });
  const lines = way.lines(configuration);
  let outcome: Outcome = { code: -1, results: 'nothing ran' };
  for (const line of lines) {
    const out = line.words.includes(`--out=${PLAIN_RUN}`) ? PLAIN_RUN : RUN;
    if (out === PLAIN_RUN) rmSync(PLAIN_RUN, { recursive: true, force: true });
    // A signal may come before there is a run to resume.
    const isTooEarly =
      line !== lines[0] && out === RUN && way.name === 'signal' && !existsSync(`${RUN}/config.json`);
    const {
      code,
      out: said,
      err,
      uncaught,
    } = await runLine(isTooEarly ? { words: [...lines[0]!.words, '--force'] } : line);
    const isDone = code === 0 || code === 5;
    const results = isDone ? `${normal(JSON.parse(said))}\n${metricsIn(out)}` : errorOf(err);
    outcome = { code, results: [results, ...uncaught].join('\n') };
    // Wrong usage is refused at once; a training that ended before its signal is not resumed.
    if (code === 2 || uncaught.length > 0 || (isDone && line.milliseconds !== undefined)) break;
  }
  return outcome;
}

/** The first line of an error, without the member of an ensemble that met it first. */
function errorOf(err: string): string {
  const line = err.split('\n').find(one => one.startsWith('error: ')) ?? err;
  return line.replace(/member \d+: /, '');
}

async function runLine({ words, set = {}, milliseconds, ranks = 1 }: Line) {
  if (ranks > 1) {
    const [program, ...args] = [
      ...launchWords(localTemplate(mpirun!), ranks),
      process.execPath,
      CLI,
      ...words,
    ];
    const { status, stdout, stderr } = spawnSync(program!, args, { encoding: 'utf8' });
    return { code: status ?? -1, out: stdout, err: stderr, uncaught: [] };
  }
  const controller = new AbortController();
  const stop = () => controller.abort(new Interruption('SIGINT', 130));
  const timer = milliseconds === undefined ? undefined : setTimeout(stop, milliseconds);
  Object.assign(process.env, set);
  try {
    const interrupts = { signal: controller.signal, requests: new EventTarget(), limitTime: () => {} };
    return await runHere(words.join(' '), interrupts);
  } finally {
    clearTimeout(timer);
    for (const name of Object.keys(set)) delete process.env[name];
  }
}

/** JSON without what may differ. */
function normal(value: unknown): string {
  return JSON.stringify(value, (key, inner) => (MAY_DIFFER.has(key) ? undefined : inner), 1);
}

/** The figures of each epoch of all runs of a folder. */
function metricsIn(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('metrics.jsonl'))
    .sort();
  const linesOf = (file: string) => readFileSync(join(folder, file), 'utf8').trim().split('\n');
  return files
    .map(file => [file, ...linesOf(file).map(line => normal(JSON.parse(line)))].join('\n'))
    .join('\n');
}

/** Lines to paste into a shell, in the working folder. */
export function pasted(way: Way, configuration: Configuration, flags: readonly string[]): string {
  return way
    .lines(configuration)
    .map(({ words, set = {}, milliseconds, ranks = 1 }) => {
      const environment = Object.entries(set).map(([name, value]) => `${name}=${value}`);
      const launcher = ranks > 1 ? launchWords(localTemplate(mpirun!), ranks) : [];
      const timer = milliseconds === undefined ? [] : ['timeout', '-s', 'INT', `${milliseconds / 1000}`];
      return [...environment, ...launcher, ...timer, 'node', ...flags, CLI, ...words].join(' ');
    })
    .join('\n');
}
