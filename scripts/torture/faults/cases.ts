/** The commands that are disturbed. Each runs in a folder of its own, two levels below data.csv. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { WINDOW_SIZES, type WindowSizes } from '../../../src/model/row-order.js';
import { Random } from '../../../src/random.js';
import { findMpirun, launchWords, localTemplate } from '../../../src/ranks/mpirun.js';
import type { Kind } from '../calls/control.js';
import { boardBytes, figures, hashIn, metricsOf, ofRun } from './results.js';
import type { Until } from './run-here.js';

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
  /** Only these kinds; by default all but those of MPI and servers. */
  kinds?: readonly Kind[];
  /** Rows are read from the disk in windows of 256 KiB, which otherwise are of a GiB. */
  isWindowed?: true;
  /** It starts processes, so that fewer of its calls are disturbed. */
  isSlow?: true;
  /** It says what is wrong with each file, instead of in one error. */
  saysEach?: true;
  /** What it removed may be there again after a power loss. */
  onlyRemoves?: true;
  /** Whether it has --backend. */
  takesBackend?: true;
  /** File that is its stdin, which a process reads only once. */
  input?: string;
  /** It would not end. */
  until?: Until;
  /** Words before those of lockstep that start it on several ranks, and the one that is disturbed. */
  launch?: readonly string[];
  rank?: number;
}

/** Stands in a line for the address of the session's MLflow server. */
export const SERVER = 'SERVER';

const TRAINING =
  '--hidden 8 --batch-size 50 --validation 0.2 --epochs 2 --checkpoint-every 3 --workers 1 --shards 2 --seed 3 --json';
const SHORT = '--hidden 8 --batch-size 50 --epochs 2 --workers 1 --shards 2 --seed 3 --json';
const CSV = `../../data.csv --target y`;
const SYNTHETIC = 'synthetic:300x6x3';
const resumeOr =
  (line: string, more = '') =>
  () =>
    existsSync('run/config.json') ? `train --resume run --json${more}` : `${line} --force`;

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
const CACHED = `${FROM_TABLE} --cache cache --quiet`;
const STREAM_KINDS: readonly Kind[] = [
  ...(['ENOSPC', 'EIO', 'EINTR', 'short write', 'short read'] as const),
  ...(['EAGAIN on a stream', 'EPIPE on stdout', 'duckdb'] as const),
];
/** Only commands that talk to a server ask for these. */
export const SERVER_KINDS: readonly Kind[] = ['server refuses', 'server closes', 'server hangs'];

export const CASES: readonly Case[] = [
  training('train', TRAIN),
  training('train from a table', FROM_TABLE),
  training('train with a cache', `${FROM_TABLE} --cache cache`),
  {
    ...training('train in windows', WINDOWS),
    given: [WINDOWS.replace('run', 'other')],
    isWindowed: true,
  },
  {
    ...training('train an ensemble', `train ${SYNTHETIC} ${SHORT} --validation 0.2 --ensemble 2 --out run`),
    results: () => `${hashIn('run/summary.json')} ${metricsOf('run/member-1')} ${metricsOf('run/member-2')}`,
  },
  {
    ...training('train on folds', `train ${SYNTHETIC} ${SHORT} --folds 2 --out run`),
    results: () =>
      [1, 2]
        .map(fold => `${hashIn(`run/fold-${fold}/summary.json`)} ${metricsOf(`run/fold-${fold}`)}`)
        .join(),
  },
  {
    ...training('train with TensorBoard', `${TRAIN} --tensorboard board`),
    again: resumeOr(`${TRAIN} --tensorboard board`, ' --tensorboard board'),
  },
  {
    ...training('train with MLflow', `${TRAIN} --mlflow ${SERVER}`),
    kinds: [...SERVER_KINDS, 'EIO', 'messages'],
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
    ...writer('predict', 'predict run/model.safetensors ../../data.csv', 'p.csv'),
    takesBackend: true,
  },
  {
    name: 'predict from stdin to stdout',
    given: [MODEL],
    line: 'predict run/model.safetensors -',
    again: () => 'predict run/model.safetensors ../../data.csv',
    results: stdout => stdout,
    input: '../../data.csv',
    // Each run takes a process; the others are those of predict.
    kinds: STREAM_KINDS,
    takesBackend: true,
  },
  { ...command('evaluate', 'evaluate run/model.safetensors ../../data.csv --json'), takesBackend: true },
  {
    ...writer('explain', 'explain run/model.safetensors ../../data.csv --permutations 2', 'e.html'),
    isSlow: true,
    // A page shows seconds.
    results: () => String(readFileSync('e.html', 'utf8').includes('</html>')),
  },
  ...['onnx', 'json', 'html', 'mjs'].map(ending =>
    writer(`export ${ending}`, 'export run/model.safetensors', `m.${ending}`),
  ),
  {
    ...writer('report', 'report run', 'r.html'),
    results: () => String(readFileSync('r.html', 'utf8').includes('</html>')),
  },
  {
    ...command('report to TensorBoard', 'report run --tensorboard board --json'),
    results: () => boardBytes(),
  },
  {
    name: 'report to MLflow',
    given: [MODEL],
    line: `report run --mlflow ${SERVER} --json`,
    again: () => `report run --mlflow ${SERVER} --json`,
    results: stdout => String(JSON.parse(stdout).runs),
    kinds: SERVER_KINDS,
  },
  { ...command('info --card', 'info run --card'), results: stdout => stdout },
  {
    name: 'watch',
    given: [MODEL],
    line: 'watch run --json',
    again: () => 'watch run --json',
    results: () => '',
    until: seenInBrowser,
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
      ...training('train with MPI', `${TRAIN} --mpi ${path}`),
      again: resumeOr(TRAIN),
      kinds: ['mpi' as const],
    })),
  ...[0, 1].flatMap(rank => onTwoRanks(rank)),
  cached('cache ls', 'cache ls cache'),
  { ...cached('cache verify', 'cache verify cache'), saysEach: true },
  {
    ...cached('cache rm', 'cache rm cache'),
    results: () => String(readdirSync('cache').length),
    onlyRemoves: true,
  },
];

function training(name: string, line: string): Case {
  return { name, given: [], line, again: resumeOr(line), results: ofRun, takesBackend: true };
}

/** A command that writes one file. */
function writer(name: string, line: string, out: string): Case {
  return {
    name,
    given: [MODEL],
    line: `${line} --out ${out}`,
    again: () => `${line} --out ${out} --force`,
    results: () => readFileSync(out, 'hex'),
  };
}

function cached(name: string, line: string): Case {
  return { name, given: [CACHED], line, again: () => line, results: stdout => stdout };
}

/** A training on two ranks, of which one is disturbed. */
function onTwoRanks(rank: number): Case[] {
  const mpirun = findMpirun();
  if (mpirun === null) return [];
  return [
    {
      ...training(`train on two ranks, rank ${rank} fails`, `${TRAIN} --stall-timeout 20s`),
      again: resumeOr(TRAIN),
      kinds: ['mpi'],
      launch: launchWords(localTemplate(mpirun), 2),
      rank,
    },
  ];
}

/** Opens the page whose address was printed, and waits for its first data. */
async function seenInBrowser(printed: () => string): Promise<void> {
  while (!printed().includes('\n')) await sleep(10);
  const { url } = JSON.parse(printed()) as { url: string };
  await (await fetch(url)).text();
  const events = await fetch(`${url}events`);
  // Before the run has been read, there is only a comment.
  for await (const part of events.body!) if (Buffer.from(part).includes('data:')) break;
}

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

/** 240 rows of six columns and a class. */
export function dataCsv(): string {
  const random = new Random(2, 'probe');
  const lines = Array.from({ length: 240 }, (_, row) => {
    const cells = Array.from({ length: 6 }, (_, k) => random.normal(row * 6 + k).toFixed(4));
    return [...cells, 'abc'[row % 3]].join(',');
  });
  return `${['p,q,r,s,t,u,y', ...lines].join('\n')}\n`;
}
