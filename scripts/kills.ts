/**
 * Kills one training over and over, at random moments, with a signal that no process can answer, and goes on with it
 * each time on another number of workers. After every kill each file of the run has to be readable; at the end the
 * weights have to be the bits of a training that nobody disturbed.
 *
 *   node dist/scripts/kills.js [--kills 100] [--seed 1] [--epochs 600] [--folder DIR]
 *
 * Prints a table. Exit code 1 on a difference or a torn file.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Random } from '../src/random.js';
import { loadCheckpoint } from '../src/store/checkpoint-file.js';
import { newestCheckpoint } from '../src/store/checkpoint-folder.js';
import { loadModel } from '../src/store/model-file.js';

const CLI = fileURLToPath(new URL('../src/cli.js', import.meta.url));
const SHARDS = 4;
/**
 * Some 100,000 parameters, so that a good part of the time a checkpoint is being written, and all that a state holds:
 * a rule's slabs, a schedule that goes by the epochs before, batches that change.
 */
const TRAINING = [
  ...['train', 'synthetic:2000x64x8', '--hidden', '256,256', '--batch-schedule', '0:50,20:80'],
  ...[
    '--lr',
    '0.01',
    '--momentum',
    '0.5',
    '--lr-schedule',
    'plateau',
    '--lr-patience',
    '3',
    '--lr-gamma',
    '0.9',
  ],
  ...['--validation', '0.2', '--shards', String(SHARDS), '--backend', 'wasm'],
  ...['--checkpoint-every', '7', '--json'],
];
/** One process of so many is killed while it starts, the others once the training does. */
const STARTING = 5;
/** After its beginning or that of its training a process is killed within so many milliseconds. */
const MOST_MILLISECONDS = { starting: 600, training: 500 };

/** What one process came to. */
export interface Kill {
  workers: number;
  /** How long after its beginning, or that of its training, it was killed. */
  phase: keyof typeof MOST_MILLISECONDS;
  milliseconds: number;
  /** Steps of the newest checkpoint afterwards. */
  steps: number;
  /** Half-written files that it left. */
  temporaries: number;
}

export interface Study {
  kills: Kill[];
  undisturbed: string;
  /** The hash of the final weights. */
  disturbed: string;
  /** What was found wrong after a kill. */
  faults: string[];
}

/** Runs both trainings in a folder. `onKill` is told of each kill as it comes. */
export async function studyKills(
  folder: string,
  options: { kills: number; seed: number; epochs: number; onKill?: (kill: Kill) => void },
): Promise<Study> {
  const line = [...TRAINING, '--epochs', String(options.epochs), '--seed', String(options.seed)];
  const undisturbed = await lockstep([...line, '--out', join(folder, 'undisturbed')]);
  if (undisturbed.code !== 0) throw new Error(`the undisturbed training failed: ${undisturbed.stderr}`);
  const random = new Random(options.seed, 'probe');
  const run = join(folder, 'disturbed');
  const study: Study = { kills: [], undisturbed: hashOf(undisturbed.stdout), disturbed: '', faults: [] };
  while (study.kills.length < options.kills) {
    const i = study.kills.length;
    const draw = (what: number) => random.uniform(3 * i + what);
    const workers = 1 + Math.floor(draw(0) * SHARDS);
    const phase = draw(1) * STARTING < 1 ? 'starting' : 'training';
    const milliseconds = draw(2) * MOST_MILLISECONDS[phase];
    const args = [...next(line, run), '--workers', String(workers)];
    const { killed, code, stderr } = await lockstep(args, { phase, milliseconds });
    const { steps, temporaries, faults } = await lookAt(run);
    study.faults.push(...faults.map(fault => `after process ${i + 1}: ${fault}`));
    if (!killed && code !== 0) study.faults.push(`process ${i + 1} ended with ${code}: ${stderr.trim()}`);
    if (!killed) break;
    study.kills.push({ workers, phase, milliseconds, steps, temporaries });
    options.onKill?.(study.kills.at(-1)!);
  }
  // Where it is at its end already, it says what it came to.
  const { code, stdout, stderr } = await lockstep(next(line, run));
  if (code === 0) study.disturbed = hashOf(stdout);
  else study.faults.push(`the last process ended with ${code}: ${stderr.trim()}`);
  study.faults.push(...compareMetrics(join(folder, 'undisturbed'), run));
  const { temporaries } = await lookAt(run);
  if (temporaries > 0) study.faults.push(`${temporaries} half-written files are left at the end`);
  return study;
}

/** Goes on where there is a run, and begins where it was killed before it had a configuration. */
function next(line: string[], run: string): string[] {
  const isRun = list(run).includes('config.json');
  return isRun ? ['train', '--resume', run, '--json'] : [...line, '--out', run, '--force'];
}

/** Runs lockstep, and kills it so long after it has begun, or after it has begun to train. */
function lockstep(args: string[], kill: Pick<Kill, 'phase' | 'milliseconds'> | null = null) {
  return new Promise<{ killed: boolean; code: number | null; stdout: string; stderr: string }>(resolve => {
    const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    let timer: NodeJS.Timeout | undefined;
    const killSoon = () => {
      timer ??= setTimeout(() => child.kill('SIGKILL'), kill!.milliseconds);
    };
    if (kill?.phase === 'starting') killSoon();
    child.stdout.on('data', chunk => {
      stdout += chunk;
    });
    child.stderr.on('data', chunk => {
      stderr += chunk;
      // The line that says what is about to run.
      if (kill && stderr.includes(' parameters ')) killSoon();
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ killed: signal === 'SIGKILL', code, stdout, stderr });
    });
  });
}

/** Reads every file of a run. A half-written one may be there under a temporary name alone. */
async function lookAt(run: string): Promise<{ steps: number; temporaries: number; faults: string[] }> {
  const faults: string[] = [];
  const names = list(run);
  for (const name of names.filter(name => name.includes('.') && !name.endsWith('.tmp'))) {
    try {
      await readAny(join(run, name));
    } catch (error) {
      faults.push(`${name}: ${(error as Error).message}`);
    }
  }
  const { found } = await newestCheckpoint(run);
  const temporaries = names.filter(name => name.endsWith('.tmp')).length;
  return { steps: found?.checkpoint.state.steps ?? 0, temporaries, faults };
}

/** Reads a file of a run as what its name says. */
async function readAny(path: string): Promise<unknown> {
  const name = basename(path);
  if (name.endsWith('.json')) return JSON.parse(readFileSync(path, 'utf8'));
  if (name.startsWith('step-') || name.startsWith('last.')) return loadCheckpoint(path);
  if (name.endsWith('.safetensors')) return loadModel(path);
  // The last line may be torn; it is mended as the run goes on. Those before it may not.
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map(line => JSON.parse(line));
}

/** Epoch by epoch the same figures, but for the time that they took. */
function compareMetrics(expected: string, got: string): string[] {
  const [a, b] = [expected, got].map(run =>
    readFileSync(join(run, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map(line => ({ ...JSON.parse(line), seconds: 0, samplesPerSecond: 0, phases: null })),
  );
  return JSON.stringify(a) === JSON.stringify(b)
    ? []
    : ['metrics.jsonl: the lines are not those of the undisturbed run'];
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
}

function hashOf(stdout: string): string {
  return (JSON.parse(stdout) as { weightsSha256: string }).weightsSha256;
}

const HEADINGS = ['kill', 'workers', 'while', 'after ms', 'steps saved', 'half-written'];

function describe({ workers, phase, milliseconds, steps, temporaries }: Kill, number: number): string {
  return renderRow([number, workers, phase, milliseconds.toFixed(0), steps, temporaries]);
}

function renderRow(cells: (string | number)[]): string {
  return cells.map(cell => String(cell).padStart(13)).join('');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '100' },
      seed: { type: 'string', default: '1' },
      epochs: { type: 'string', default: '600' },
      folder: { type: 'string' },
    },
  });
  const folder = mkdtempSync(join(values.folder ?? tmpdir(), 'lockstep-kills-'));
  const [kills, seed, epochs] = [values.kills, values.seed, values.epochs].map(Number) as [
    number,
    number,
    number,
  ];
  console.log(renderRow(HEADINGS));
  let count = 0;
  const study = await studyKills(folder, {
    kills,
    seed,
    epochs,
    onKill: kill => console.log(describe(kill, ++count)),
  });
  rmSync(folder, { recursive: true });
  const isSame = study.disturbed === study.undisturbed;
  console.log(
    `\n${study.kills.length} kills, ${study.faults.length} faults, final weights ${isSame ? 'equal' : 'DIFFERENT'}`,
  );
  console.log(`undisturbed ${study.undisturbed}\ndisturbed   ${study.disturbed}`);
  for (const fault of study.faults) console.error(fault);
  const isEnough = study.kills.length === kills;
  if (!isEnough) console.error(`it ended by itself before ${kills} kills: give more --epochs`);
  process.exitCode = isSame && isEnough && study.faults.length === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
