/** The commands that are disturbed. Each runs in a folder of its own, two levels below data.csv. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { WINDOW_SIZES, type WindowSizes } from '../../../src/model/row-order.js';
import { Random } from '../../../src/random.js';

export interface Case {
  name: string;
  /** What runs before, undisturbed. */
  given: readonly string[];
  /** What is disturbed. */
  line: string;
  /** What is typed afterwards, when nothing fails any more; the results must be those of an undisturbed run. */
  again(): string;
  /** What must be the same, from the output on stdout and the files of the current folder. */
  results(stdout: string): string;
  /** Rows are read from the disk in windows of 256 KiB, which otherwise are of a GiB. */
  isWindowed?: true;
  /** It starts processes, so that fewer of its calls are disturbed. */
  isSlow?: true;
  /** It says what is wrong with each file, instead of in one error. */
  saysEach?: true;
  /** Whether it calls MPI; other calls are not disturbed. */
  usesMpi?: true;
  /** Whether it has --backend. */
  takesBackend?: true;
}

const TRAINING =
  '--hidden 8 --batch-size 50 --validation 0.2 --epochs 2 --checkpoint-every 3 --workers 1 --shards 2 --seed 3 --json';
const CSV = `../../data.csv --target y`;
const SYNTHETIC = 'synthetic:300x6x3';
const resumeOr = (line: string) => () =>
  existsSync('run/config.json') ? 'train --resume run --json' : `${line} --force`;

const TRAIN = `train ${SYNTHETIC} ${TRAINING} --out run`;
const FROM_TABLE = `train ${CSV} ${TRAINING} --out run`;
/** Rows of 3 MB, which don't fit into the memory, in windows of a quarter of a MiB (session.ts). */
const WINDOWS =
  'train synthetic:20000x40x3 --hidden 8 --batch-size 1000 --validation 0.2 --epochs 2 --checkpoint-every 7 --workers 1 --shards 2 --seed 3 --json --memory 2600K --cache cache --out run';
const TUNE = `tune ${SYNTHETIC} --trials 2 --epochs 2 --validation 0.2 --seed 1 --out search --json --workers 1`;
/** Of Debian: MPICH, Open MPI. */
const MPI_LIBRARIES = ['libmpich.so.12', 'libmpi.so.40'].map(name => `/usr/lib/x86_64-linux-gnu/${name}`);
const SCALE =
  'scale --layers 6,8,3 --rows 500 --batch-sizes 100 --worker-counts 1,2 --repeats 1 --seconds 0.05 --out study --json';
/** A trained network. */
const MODEL = `train ${CSV} ${TRAINING} --out run --quiet`;

export const CASES: readonly Case[] = [
  { name: 'train', given: [], line: TRAIN, again: resumeOr(TRAIN), results: ofRun, takesBackend: true },
  {
    name: 'train from a table',
    given: [],
    line: FROM_TABLE,
    again: resumeOr(FROM_TABLE),
    results: ofRun,
    takesBackend: true,
  },
  {
    name: 'train with a cache',
    given: [],
    line: `${FROM_TABLE} --cache cache`,
    again: resumeOr(`${FROM_TABLE} --cache cache`),
    results: ofRun,
    takesBackend: true,
  },
  {
    name: 'train in windows',
    given: [WINDOWS.replace('run', 'other')],
    line: WINDOWS,
    again: resumeOr(WINDOWS),
    results: ofRun,
    isWindowed: true,
  },
  {
    name: 'resume',
    given: [`${TRAIN} --quiet`],
    line: 'train --resume run --epochs 4 --json',
    again: () => 'train --resume run --epochs 4 --json',
    results: ofRun,
  },
  {
    name: 'tune',
    given: [],
    line: TUNE,
    again: () => TUNE,
    results: stdout => `${figures(stdout)}\n${hashIn('search/best/summary.json')}`,
    takesBackend: true,
  },
  {
    name: 'predict',
    given: [MODEL],
    line: `predict run/model.safetensors ../../data.csv --out p.csv`,
    again: () => `predict run/model.safetensors ../../data.csv --out p.csv --force`,
    results: () => readFileSync('p.csv', 'utf8'),
  },
  command('evaluate', 'evaluate run/model.safetensors ../../data.csv --json'),
  command('explain', 'explain run/model.safetensors ../../data.csv --json'),
  {
    name: 'export',
    given: [MODEL],
    line: 'export run/model.safetensors --out m.onnx',
    again: () => 'export run/model.safetensors --out m.onnx --force',
    results: () => readFileSync('m.onnx', 'hex'),
  },
  {
    name: 'scale',
    given: [],
    line: SCALE,
    again: () => SCALE,
    isSlow: true,
    // It consists of times.
    results: () => String(existsSync('study/study.json')),
  },
  ...MPI_LIBRARIES.filter(existsSync)
    .slice(0, 1)
    .map(path => ({
      name: 'train with MPI',
      given: [],
      line: `${TRAIN} --mpi ${path}`,
      again: resumeOr(TRAIN),
      results: ofRun,
      usesMpi: true as const,
    })),
  {
    name: 'cache verify',
    given: [`${FROM_TABLE} --cache cache --quiet`],
    line: 'cache verify cache',
    again: () => 'cache verify cache',
    saysEach: true,
    results: stdout => stdout,
  },
];

/** Sizes for cases in windows. */
const SMALL_WINDOWS: WindowSizes = { whole: 2 ** 20, window: 2 ** 18, block: 2 ** 16 };

/** The case of that name, for which this process is prepared. */
export function caseNamed(name: string): Case {
  const one = CASES.find(other => other.name === name)!;
  if (one.isWindowed) Object.assign(WINDOW_SIZES, SMALL_WINDOWS);
  return one;
}

function command(name: string, line: string): Case {
  return { name, given: [MODEL], line, again: () => line, results: figures };
}

/** Weights of the result, and the figures of each epoch. */
function ofRun(stdout: string): string {
  return `${hashIn('run/summary.json')} ${JSON.parse(stdout).weightsSha256}\n${metricsOf('run')}`;
}

export function metricsOf(run: string): string {
  const lines = readFileSync(`${run}/metrics.jsonl`, 'utf8').trim().split('\n');
  return lines.map(figures).join('\n');
}

function hashIn(path: string): string {
  return (JSON.parse(readFileSync(path, 'utf8')) as { weightsSha256: string }).weightsSha256;
}

/** What a run measures of itself, or says of the machine. */
const OF_THE_RUN = /seconds|persecond|phases|time|created|started|At$|path|folder|out$|memory|trained/i;

/** A JSON text without what differs from run to run. */
function figures(text: string): string {
  return JSON.stringify(JSON.parse(text), (key, value) => (OF_THE_RUN.test(key) ? undefined : value));
}

/** 240 rows of six columns and a class. */
export function dataCsv(): string {
  const random = new Random(2, 'probe');
  const lines = Array.from({ length: 240 }, (_, row) => {
    const cells = Array.from({ length: 6 }, (_, k) => random.normal(row * 6 + k).toFixed(4));
    return [...cells, 'abc'[row % 3]].join(',');
  });
  return `${['p,q,r,s,t,u,y', ...lines].join('\n')}\n`;
}

/** All files below the current folder. */
export function filesHere(): string[] {
  return readdirSync('.', { recursive: true, encoding: 'utf8' }).map(name => name.replaceAll('\\', '/'));
}
