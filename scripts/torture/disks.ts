/**
 * Disturbs the disk of a training: full, read-only, files in place of folders and vice versa. Each time, the
 * training must end with exit code 1 and say why, earlier checkpoints must be readable, and when the disk is
 * repaired, a resumed training must give the same bits as an undisturbed one. Then watches the memory of a
 * long training.
 *
 *   node dist/scripts/torture/disks.js [--only NAME] [--steps 40000]
 *
 * Full and read-only disks are small in-memory file systems that only root may mount; without root, they are
 * skipped with a note. Prints a table. Exits with 1 if anything is wrong.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadCheckpoint } from '../../src/store/checkpoint-file.js';
import { hashOf, start } from './process.js';

/** Checkpoints of 700 KB. */
const TRAINING =
  'train synthetic:2000x64x8 --hidden 256,256 --batch-size 50 --validation 0.2 --shards 2 --backend wasm --optimizer sgd --lr 0.01 --checkpoint-every 7 --epochs 60 --json'.split(
    ' ',
  );
const IS_ROOT = process.getuid?.() === 0 && process.platform === 'linux';

/** One way to disturb a run. */
interface Scenario {
  name: string;
  /** Size of the run's in-memory file system; null if any disk works. */
  size: string | null;
  /** Called once there is a checkpoint; returns whether the disturbance was possible. */
  disturb: (run: string, disk: string) => boolean;
  mend: (run: string, disk: string) => void;
  /** What the error must say. */
  says: RegExp;
}

const mount = (...args: string[]) => execFileSync('mount', args, { stdio: 'pipe' });
/** Lazily: new accesses fail now, and the unmount completes when the last open file is closed. */
const unmount = (path: string) => execFileSync('umount', ['--lazy', path]);

const SCENARIOS: Scenario[] = [
  {
    name: 'full disk',
    size: '2m',
    disturb: () => true,
    mend: (_, disk) => mount('-o', 'remount,size=64m', disk),
    says: /ENOSPC: no space left on device/,
  },
  {
    name: 'read-only disk',
    size: '64m',
    // The disk can't be remounted while the run's lock is open, but its folder can be mounted a second time
    // on top of itself.
    disturb: run => {
      mount('--bind', run, run);
      // Refused while a file is open for writing.
      const isDone = succeeds(() => mount('-o', 'remount,bind,ro', run));
      if (!isDone) unmount(run);
      return isDone;
    },
    mend: run => unmount(run),
    says: /EROFS: read-only file system/,
  },
  {
    name: 'metrics.jsonl a folder',
    size: null,
    disturb: run => {
      rmSync(join(run, 'metrics.jsonl'), { force: true });
      return succeeds(() => mkdirSync(join(run, 'metrics.jsonl')));
    },
    mend: run => rmdirSync(join(run, 'metrics.jsonl')),
    says: /metrics\.jsonl: expected a file that can be added to, got EISDIR/,
  },
  {
    name: 'last.safetensors a folder',
    size: null,
    disturb: run => {
      rmSync(join(run, 'checkpoints', 'last.safetensors'), { force: true });
      return succeeds(() => mkdirSync(join(run, 'checkpoints', 'last.safetensors')));
    },
    mend: run => rmdirSync(join(run, 'checkpoints', 'last.safetensors')),
    says: /last\.safetensors: expected a file that can be written, got EISDIR/,
  },
  {
    name: 'model.safetensors a folder',
    size: null,
    disturb: run => succeeds(() => mkdirSync(join(run, 'model.safetensors'))),
    mend: run => rmdirSync(join(run, 'model.safetensors')),
    says: /model\.safetensors: expected a file that can be written, got EISDIR/,
  },
];

/** Result of a scenario or of the memory check. */
interface Finding {
  name: string;
  outcome: string;
  faults: string[];
}

async function tryScenario(scenario: Scenario, undisturbed: string): Promise<Finding> {
  const { name, size } = scenario;
  if (size !== null && !IS_ROOT) return { name, outcome: 'SKIPPED: only root may mount', faults: [] };
  const disk = mkdtempSync(join(tmpdir(), 'lockstep-disks-'));
  if (size !== null) mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk);
  try {
    return await disturbRun(scenario, disk, undisturbed);
  } finally {
    if (size !== null) unmount(disk);
    rmSync(disk, { recursive: true });
  }
}

async function disturbRun(scenario: Scenario, disk: string, undisturbed: string): Promise<Finding> {
  const run = join(disk, 'run');
  const training = start([...TRAINING, '--out', run, '--quiet']);
  const isDone = () =>
    existsSync(join(run, 'checkpoints', 'last.safetensors')) && scenario.disturb(run, disk);
  await until(() => training.child.exitCode !== null || isDone());
  const begun = performance.now();
  const { code, stderr } = await training.ended;
  const seconds = (performance.now() - begun) / 1000;
  const faults: string[] = [];
  if (code !== 1) faults.push(`expected exit code 1, got ${code}`);
  if (!scenario.says.test(stderr)) faults.push(`expected it to say ${scenario.says}, got ${stderr}`);
  if (!stderr.includes(`lockstep train --resume ${run}`)) faults.push('expected it to say how to resume');
  const checkpoints = join(run, 'checkpoints');
  const files = readdirSync(checkpoints).filter(name => name.startsWith('step-'));
  for (const file of files) await loadCheckpoint(join(checkpoints, file));
  if (files.length === 0) faults.push('expected earlier checkpoints, got none');
  scenario.mend(run, disk);
  const resumed = await start(['train', '--resume', run, '--quiet', '--json']).ended;
  const isSame = resumed.code === 0 && hashOf(resumed) === undisturbed;
  if (!isSame) faults.push(`resumed: exit code ${resumed.code}, other weights: ${resumed.stderr}`);
  const left = readdirSync(disk, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.tmp'));
  if (left.length > 0) faults.push(`half-written files are left: ${left.join(', ')}`);
  const said = stderr.split('\n')[0]!.replace(run, 'RUN');
  const outcome = `exit ${code} after ${seconds.toFixed(2)} s, ${files.length} checkpoints, resumed to the same bits; ${said}`;
  return { name: scenario.name, outcome, faults };
}

/** Resident memory at the end of each epoch, and the slope of the second half, in MB per thousand steps. */
async function watchMemory(steps: number): Promise<Finding> {
  const name = `memory of ${steps} steps`;
  if (process.platform !== 'linux') return { name, outcome: 'SKIPPED: reads /proc', faults: [] };
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-disks-'));
  const stepsPerEpoch = 32;
  const epochs = String(Math.ceil(steps / stepsPerEpoch));
  const points: { step: number; megabytes: number }[] = [];
  const line =
    `train synthetic:2000x64x8 --hidden 128 --batch-size 50 --validation 0.2 --backend wasm --optimizer sgd --lr 0.01 --checkpoint-every 100 --epochs ${epochs}`.split(
      ' ',
    );
  const { child, ended } = start([...line, '--out', join(folder, 'run')], {
    flags: SMALL_HEAP,
    onError: stderr => {
      const epoch = Number(
        stderr
          .match(/epoch +\d+(?=\/)/g)
          ?.at(-1)
          ?.slice('epoch'.length),
      );
      if (epoch > 0) points.push({ step: epoch * stepsPerEpoch, megabytes: residentMegabytes(child.pid!) });
    },
  });
  const { code, stderr } = await ended;
  rmSync(folder, { recursive: true });
  const later = points.filter(({ step, megabytes }) => step > steps / 2 && megabytes > 0);
  const slope = 1000 * slopeOf(later);
  const [first, last] = [later[0]!, later.at(-1)!];
  const range = `${first.megabytes.toFixed(0)} MB at step ${first.step}, ${last.megabytes.toFixed(0)} at ${last.step}`;
  const faults = code === 0 ? [] : [`ended with ${code}: ${stderr}`];
  if (!(slope < 0.3)) faults.push(`expected less than 0.3 MB for 1000 steps, got ${slope.toFixed(2)}`);
  return {
    name,
    outcome: `${slope.toFixed(2)} MB for 1000 steps (${range}; ${later.length} points)`,
    faults,
  };
}

/**
 * By default, the collector lets a heap of a few megabytes grow by tens of megabytes before it runs, which is
 * not a leak.
 */
const SMALL_HEAP = ['--max-old-space-size=32', '--max-semi-space-size=1'];

/** By least squares. */
function slopeOf(points: { step: number; megabytes: number }[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(({ step }) => step)), mean(points.map(({ megabytes }) => megabytes))];
  const products = points.map(({ step, megabytes }) => (step - x) * (megabytes - y));
  return mean(products) / mean(points.map(({ step }) => (step - x) ** 2));
}

function residentMegabytes(pid: number): number {
  const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '';
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(resolve => setTimeout(resolve, 2));
}

function succeeds(act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}

const { values } = parseArgs({
  options: { only: { type: 'string' }, steps: { type: 'string', default: '40000' } },
});
const isChosen = (name: string) => values.only === undefined || name.includes(values.only);
const folder = mkdtempSync(join(tmpdir(), 'lockstep-disks-'));
const undisturbed = hashOf(await start([...TRAINING, '--out', join(folder, 'undisturbed'), '--quiet']).ended);
rmSync(folder, { recursive: true });
const works = [
  ...SCENARIOS.map(scenario => ({ name: scenario.name, work: () => tryScenario(scenario, undisturbed) })),
  { name: 'memory', work: () => watchMemory(Number(values.steps)) },
];
for (const { name, work } of works) {
  if (!isChosen(name)) continue;
  const finding = await work();
  console.log(`${finding.name.padEnd(28)}${finding.outcome}`);
  for (const fault of finding.faults) console.error(`  FAULT ${fault}`);
  if (finding.faults.length > 0) process.exitCode = 1;
}
