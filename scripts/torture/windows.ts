/**
 * Kills a training that reads its rows in windows, at random moments, also while its cache is written, and resumes it each
 * time, on 1 to 4 workers or on two ranks, of which one is killed. At the end the weights must be those of an undisturbed training
 * with all rows in memory, no file may be torn, and the cache whole.
 *
 *   node dist/scripts/torture/windows.js [--kills 50] [--seed 1] [--folder DIR]
 *
 * Needs 2.5 GB of disk, and memory for 1.2 GiB of rows. Prints a line for each kill. Exits with 1 if anything is wrong.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Random } from '../../src/random.js';
import { findMpirun, launchWords, localTemplate } from '../../src/ranks/mpirun.js';
import { list, lookAt } from './kills/files.js';
import { hashOf, start } from './process.js';
import { lockstep, watch } from './rank-losses/launch.js';
import { signalProcess } from './rank-losses/processes.js';

/** 1.05 GiB of encoded rows: five windows. Steps are short, so that much of the time goes to windows and checkpoints. */
const TRAINING =
  'train synthetic:350000x800x3 --hidden 8 --batch-size 1024 --shards 4 --backend wasm --checkpoint-every 50 --json';
const MEMORY = '600M';
const EPOCHS_PER_KILL = 0.4;
/** When a process is killed: while it writes the cache, which is removed before; after its start; while it trains. */
const PHASES = ['caching', 'starting', 'training', 'training', 'training'] as const;
type Phase = (typeof PHASES)[number];
const MOST_MILLISECONDS = { caching: 8000, starting: 3000, training: 4000 };
const LOOK_MILLISECONDS = 20;
/** One in so many is a launch of two ranks. */
const RANKS_EVERY = 4;
const RANKS = 2;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    folder: { type: 'string', default: tmpdir() },
  },
});
const [kills, seed] = [Number(values.kills), Number(values.seed)];
const folder = mkdtempSync(join(values.folder, 'lockstep-windows-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const [run, cache] = [join(folder, 'run'), join(folder, 'cache')];
const whole = `${TRAINING} --epochs ${Math.ceil(EPOCHS_PER_KILL * kills)} --seed ${seed}`;
const windowed = `${whole} --cache ${cache} --memory ${MEMORY} --out ${run} --force`;
const random = new Random(seed, 'probe');
const mpirun = findMpirun();

const hasCache = () => list(cache).some(name => name.endsWith('.rows'));

/** Resumes the run, or begins it if it was killed before it had a configuration. */
function words(workers: number): string[] {
  const line = list(run).includes('config.json') ? `train --resume ${run} --json` : windowed;
  return [...line.split(' '), '--workers', String(workers)];
}

interface Kill {
  phase: Phase;
  milliseconds: number;
  workers: number;
  ranks: number;
}

/** Returns whether the process was killed before it had ended. */
async function kill({ phase, milliseconds, workers, ranks }: Kill, faults: string[]): Promise<boolean> {
  if (phase === 'caching') rmSync(cache, { recursive: true, force: true });
  if (ranks > 1) {
    const victim = workers % ranks;
    const line = [...launchWords(localTemplate(mpirun!), ranks), ...lockstep(words(workers))];
    const { disturbed, left } = await watch(line, run, {
      phase: phase === 'caching' ? 'starting' : phase,
      milliseconds,
      act: all => {
        for (const { id, rank } of all) if (rank === victim) signalProcess(id, 'SIGKILL');
      },
    });
    if (left.includes('ranks')) faults.push('ranks were left');
    return disturbed;
  }
  let hasBegun = false;
  const { child, ended } = start(words(workers), {
    onError: said => {
      hasBegun ||= said.includes(' parameters');
    },
  });
  let hasEnded = false;
  const end = ended.then(all => {
    hasEnded = true;
    return all;
  });
  const isDue = {
    caching: () => list(cache).some(name => name.endsWith('.tmp')) || hasCache(),
    starting: () => true,
    training: () => hasBegun,
  }[phase];
  while (!hasEnded && !isDue()) await sleep(LOOK_MILLISECONDS);
  await Promise.race([end, sleep(milliseconds)]);
  child.kill('SIGKILL');
  const { code, signal, stderr } = await end;
  if (signal === null && code !== 0) faults.push(`it ended with ${code}: ${stderr.trim()}`);
  return signal !== null;
}

async function main(): Promise<number> {
  const undisturbed = await start([...whole.split(' '), '--out', join(folder, 'undisturbed')]).ended;
  if (undisturbed.code !== 0) throw new Error(`the undisturbed training failed: ${undisturbed.stderr}`);
  const faults: string[] = [];
  const cells = (all: (string | number)[]) =>
    console.log(all.map(cell => String(cell).padStart(12)).join(''));
  cells(['kill', 'while', 'ms', 'ranks', 'workers', 'steps saved', 'torn files', 'cache']);
  let done = 0;
  for (let i = 0; i < kills; i++) {
    const upTo = (what: number, n: number) => Math.floor(random.uniform(10 * i + what) * n);
    const phase = PHASES[upTo(0, PHASES.length)]!;
    const milliseconds = upTo(1, MOST_MILLISECONDS[phase]);
    const ranks = mpirun && i % RANKS_EVERY === RANKS_EVERY - 1 ? RANKS : 1;
    const workers = 1 + upTo(2, 4 / ranks);
    const found: string[] = [];
    const killed = await kill({ phase, milliseconds, workers, ranks }, found);
    const look = await lookAt(run);
    faults.push(...[...found, ...look.faults].map(fault => `kill ${i + 1}: ${fault}`));
    cells([
      i + 1,
      phase,
      milliseconds,
      ranks,
      workers,
      look.steps,
      look.temporaries,
      hasCache() ? 'whole' : '-',
    ]);
    if (!killed) {
      faults.push(`it ended before kill ${i + 1}`);
      break;
    }
    done++;
  }
  const last = await start(words(2)).ended;
  const got = last.code === 0 ? hashOf(last) : `exit code ${last.code}: ${last.stderr}`;
  const expected = hashOf(undisturbed);
  if (got !== expected) faults.push(`expected ${expected}, got ${got}`);
  const isWindowed = last.stderr.includes('windows') || done < kills;
  if (!isWindowed) faults.push('the last process did not say that it reads windows');
  const verified = await start(['cache', 'verify', cache]).ended;
  if (verified.code !== 0) faults.push(`the cache is not whole: ${verified.stdout}${verified.stderr}`);
  console.log(`${done} kills, ${got.slice(0, 12)} ${got === expected ? 'as undisturbed' : 'WRONG'}`);
  for (const fault of faults) console.error(fault);
  return faults.length === 0 ? 0 : 1;
}

process.exitCode = await main();
