/** One training without a disturbance, the same one killed over and over, and what they differ in. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../../src/random.js';
import { hashOf } from '../process.js';
import type { Case } from './cases.js';
import { compareRuns, list, lookAt, newestName } from './files.js';
import { type Disturbance, lockstep } from './process.js';

const SYNTHETIC = 'synthetic:1000x64x8';
const SHARDS = 4;
/** Of so many processes one is killed while it starts, one while its training does, the others once it has saved some. */
const PHASES = ['starting', 'training', 'saving', 'saving', 'saving'] as const;
/** Of so many processes one is interrupted, the others are killed. */
const INTERRUPTED = 4;
/** Within so many milliseconds of that a process is killed. */
const MOST_MILLISECONDS = { starting: 600, training: 400, saving: 300 };
/** Numbers that are drawn for each process. */
const DRAWS = 5;

/** What one process came to. */
export interface Kill extends Disturbance {
  workers: number;
  /** Steps of the newest checkpoint afterwards. */
  steps: number;
  /** Half-written files that it left. */
  temporaries: number;
}

export interface Study {
  kills: Kill[];
  /** The hashes of the final weights. */
  undisturbed: string;
  disturbed: string;
  /** What was found wrong after a kill, and at the end. */
  faults: string[];
}

export interface StudyOptions {
  kills: number;
  seed: number;
  /** Is told of each kill as it comes. */
  onKill?: (kill: Kill) => void;
}

/** Runs both trainings in a folder. */
export async function studyKills(
  folder: string,
  { options, table, epochsPerKill }: Case,
  { kills, seed, onKill }: StudyOptions,
): Promise<Study> {
  const epochs = epochsPerKill * kills;
  const data = table === null ? SYNTHETIC : join(folder, 'rows.csv');
  if (table !== null) writeFileSync(data, table);
  const fixed = `--shards ${SHARDS} --epochs ${epochs} --seed ${seed} --json`;
  const line = `train ${data} ${options} ${fixed}`.split(' ');
  const [calm, run] = [join(folder, 'undisturbed'), join(folder, 'disturbed')];
  const undisturbed = await lockstep([...line, '--out', calm]);
  if (undisturbed.code !== 0) throw new Error(`the undisturbed training failed: ${undisturbed.stderr}`);
  const study: Study = { kills: [], undisturbed: hashOf(undisturbed), disturbed: '', faults: [] };
  while (study.kills.length < kills) {
    const { machine, ...kill } = draw(seed, study.kills.length);
    const before = newestName(run);
    const hasSaved = () => newestName(run) > before;
    const { disturbed, code, stderr } = await lockstep([...next(line, run), ...machine], kill, hasSaved);
    const { faults, ...look } = await lookAt(run);
    const number = study.kills.length + 1;
    study.faults.push(...faults.map(fault => `after process ${number}: ${fault}`));
    if (!disturbed && code !== 0) study.faults.push(`process ${number} ended with ${code}: ${stderr.trim()}`);
    if (!disturbed) break;
    study.kills.push({ ...kill, ...look });
    onKill?.(study.kills.at(-1)!);
  }
  // If the training has already finished, this prints its result.
  const last = await lockstep(next(line, run));
  if (last.code !== 0) {
    study.faults.push(`the last process ended with ${last.code}: ${last.stderr.trim()}`);
    return study;
  }
  study.disturbed = hashOf(last);
  study.faults.push(...(await compareRuns(calm, run)));
  const { temporaries } = await lookAt(run);
  if (temporaries > 0) study.faults.push(`${temporaries} half-written files are left at the end`);
  return study;
}

/** On which machine the i-th process goes on, and how it ends. */
function draw(seed: number, i: number) {
  const random = new Random(seed, 'probe');
  const uniform = (what: number) => random.uniform(DRAWS * i + what);
  const workers = 1 + Math.floor(uniform(0) * SHARDS);
  const phase = PHASES[Math.floor(uniform(1) * PHASES.length)]!;
  const milliseconds = uniform(2) * MOST_MILLISECONDS[phase];
  const signal: Kill['signal'] = uniform(3) * INTERRUPTED < 1 ? 'SIGINT' : 'SIGKILL';
  return { workers, phase, milliseconds, signal, machine: ['--workers', String(workers)] };
}

/** Goes on where there is a run, and begins where it was killed before it had a configuration. */
function next(line: string[], run: string): string[] {
  const isRun = list(run).includes('config.json');
  return isRun ? ['train', '--resume', run, '--json'] : [...line, '--out', run, '--force'];
}
