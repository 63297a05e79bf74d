/**
 * Loses ranks of one training after the other: each is disturbed once, must end within the time limit, and is resumed, on
 * another number of ranks or on none, to the bits of an undisturbed training.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../../src/random.js';
import { launchWords, localTemplate, type Mpirun } from '../../../src/ranks/mpirun.js';
import { list, lookAt, newestName } from '../kills/files.js';
import { makeHosts } from '../namespaces.js';
import { hashOf, start } from '../process.js';
import { type Disturbance, lockstep, type Watched, watch } from './launch.js';
import { type RankProcess, signalProcess } from './processes.js';

/** What happens to a rank: SIGKILL, SIGSTOP, its host's link goes down, or the disk of rank 0 is full. */
export const EVENTS = ['kill', 'stop', 'cut', 'disk'] as const;
export type LossEvent = (typeof EVENTS)[number];

/** 85,000 parameters and what Adam remembers: checkpoints of 1 MB, one every few steps. */
const TRAINING =
  'train synthetic:1000x64x8 --hidden 256,256 --batch-size 50 --validation 0.2 --shards 4 --walk shard --backend wasm --optimizer adam --dropout 0.2 --checkpoint-every 7 --epochs 25 --json';
const STALL_SECONDS = 4;
/** Where the ranks of a training are: half of them early, as the start is where most can go wrong. */
const PHASES = ['starting', 'training', 'saving', 'saving'] as const;
/** One in so many is stopped at the start, when lockstep waits for minutes. */
const STOPPED_EARLY = 10;
const MOST_MILLISECONDS = { starting: 900, training: 900, saving: 600 };
const MOST_RANKS = 4;
/** Time between two SIGSTOPs to the same rank. */
const AGAIN_MILLISECONDS = 100;
/** A disk for one or two checkpoints. */
const DISK = 'size=3m';
/** Then with room for the run to be resumed. */
const LARGER_DISK = 'remount,size=64m';

/** One disturbed training. */
export interface Loss {
  event: LossEvent;
  mpi: string;
  ranks: number;
  workers: number;
  /** The rank that is disturbed. */
  victim: number;
  phase: Disturbance['phase'];
  ended: Watched;
  /** Whether the run had a configuration, so that it can be resumed. */
  isRun: boolean;
  /** On how many ranks it was resumed; 0: alone. */
  resumedOn: number;
  faults: string[];
}

export interface StudyOptions {
  mpirun: Mpirun;
  folder: string;
  seed: number;
  /** Hash of an undisturbed training. */
  expected: string;
}

/** Trains without disturbance, in one process. Returns the hash of the weights. */
export async function trainUndisturbed(folder: string): Promise<string> {
  const words = [...TRAINING.split(' '), '--out', join(folder, 'undisturbed')];
  const ended = await start(words).ended;
  if (ended.code !== 0) throw new Error(`the undisturbed training failed: ${ended.stderr}`);
  return hashOf(ended);
}

function phaseOf(event: LossEvent, i: number, drawn: Disturbance['phase']): Disturbance['phase'] {
  if (event === 'kill') return drawn;
  if (event === 'stop' && i % STOPPED_EARLY === STOPPED_EARLY - 1) return 'starting';
  return event === 'stop' && drawn === 'training' ? drawn : 'saving';
}

/** The i-th loss of that kind. */
export async function lose(event: LossEvent, i: number, options: StudyOptions): Promise<Loss> {
  const run = join(options.folder, `${event}-${i}`);
  const removeDisk = event === 'disk' ? makeDisk(run) : () => {};
  process.on('exit', removeDisk);
  try {
    return await loseIn(run, event, i, options);
  } finally {
    process.off('exit', removeDisk);
    removeDisk();
    rmSync(run, { recursive: true, force: true });
  }
}

/** Makes a folder that is a disk of its own, a small one. Returns what removes the disk. */
function makeDisk(folder: string): () => void {
  mkdirSync(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', DISK, 'tmpfs', folder]);
  return () => {
    spawnSync('umount', ['--lazy', folder]);
  };
}

async function loseIn(run: string, event: LossEvent, i: number, options: StudyOptions): Promise<Loss> {
  const { mpirun, seed, expected } = options;
  const random = new Random(seed, 'probe');
  let draws = 100 * i + 10 * EVENTS.indexOf(event);
  const upTo = (n: number) => Math.floor(random.uniform(draws++) * n);
  // Two launches in a row are by two launchers.
  const turn = Math.floor(i / 2);
  const ranks = 2 + (turn % (MOST_RANKS - 1));
  const drawn = PHASES[upTo(PHASES.length)]!;
  const phase = phaseOf(event, i, drawn);
  const victim = event === 'disk' ? 0 : event === 'cut' ? ranks - 1 : upTo(ranks);
  const milliseconds = upTo(MOST_MILLISECONDS[phase]);
  const workers = 1 + upTo(2);
  const others = [0, 2, 3, 4].filter(n => n !== ranks);
  const resumedOn = others[Math.floor(turn / (MOST_RANKS - 1)) % others.length]!;

  const line = `${TRAINING} --workers ${workers} --stall-timeout ${STALL_SECONDS}s --out ${run}`;
  const words = lockstep(line.split(' '));
  const local = (n: number, command: readonly string[]) => [
    ...launchWords(localTemplate(mpirun), n),
    ...command,
  ];
  const hasSaved = () => newestName(run) !== '';
  const disturb = (act: Disturbance['act']) => ({ phase, milliseconds, act });

  let ended: Watched;
  if (event === 'cut') {
    const hosts = makeHosts(ranks);
    process.on('exit', hosts.remove);
    try {
      const cut = disturb(() => hosts.setLink(victim + 1, 'down'));
      ended = await watch(hosts.underMpi(mpirun.program, 1, words), run, cut, hasSaved);
    } finally {
      process.off('exit', hosts.remove);
      hosts.remove();
    }
  } else if (event === 'disk') {
    // The disk is full by itself; the time counts from the first checkpoint.
    const watched = { phase: 'saving' as const, milliseconds: 0, act: () => {} };
    ended = await watch(local(ranks, [...words, '--force']), run, watched, hasSaved);
    execFileSync('mount', ['-o', LARGER_DISK, run]);
  } else {
    const signal = event === 'kill' ? 'SIGKILL' : 'SIGSTOP';
    let again: NodeJS.Timeout | undefined;
    const act = (all: readonly RankProcess[]) => {
      const hit = () => {
        for (const { id, rank } of all) if (rank === victim) signalProcess(id, signal);
      };
      hit();
      // A container that is frozen and thawed lets a stopped process go on.
      if (event === 'stop') again = setInterval(hit, AGAIN_MILLISECONDS);
    };
    ended = await watch(local(ranks, words), run, disturb(act), hasSaved);
    clearInterval(again);
  }

  const { faults } = await lookAt(run);
  const isRun = list(run).includes('config.json');
  const hint = `lockstep train --resume ${run}`;
  if (!ended.disturbed) faults.push('it ended before it was disturbed');
  if (ended.left.includes('ranks')) faults.push('ranks were left');
  if (ended.code === 0) faults.push('expected an exit code other than 0, got 0');
  if (isRun && !(ended.stdout + ended.stderr).includes(hint)) faults.push(`it did not say: ${hint}`);

  const again = isRun ? `train --resume ${run} --json` : `${line} --force`;
  const resumed =
    resumedOn === 0
      ? await start(again.split(' ')).ended
      : await watch(local(resumedOn, lockstep(again.split(' '))), run);
  const got = resumed.code === 0 ? hashOf(resumed) : `exit code ${resumed.code}: ${resumed.stderr}`;
  if (got !== expected) faults.push(`resumed on ${resumedOn} ranks: expected ${expected}, got ${got}`);
  const mpi = `${mpirun.make} ${mpirun.version}`;
  return { event, mpi, ranks, workers, victim, phase, ended, isRun, resumedOn, faults };
}
