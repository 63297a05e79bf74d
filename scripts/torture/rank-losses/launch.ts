/** One launch of lockstep on several ranks, that is disturbed once and watched until its last process has ended. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { CLI, type Ended } from '../process.js';
import { processesWith, type RankProcess, ranksWith, signalProcess } from './processes.js';

/** How a launch ended. */
export interface Watched extends Ended {
  /** Whether it was disturbed before its end. */
  disturbed: boolean;
  /** Seconds from then until the last rank had ended, and until the launcher had. */
  ranksSeconds: number;
  seconds: number;
  /** What had to be ended because it was still there at the end of its time. */
  left: ('ranks' | 'launcher')[];
}

/** What disturbs a launch, and from when on: the first line of the training, or the first checkpoint, or the start. */
export interface Disturbance {
  phase: 'starting' | 'training' | 'saving';
  milliseconds: number;
  act: (ranks: readonly RankProcess[]) => void;
}

/** Seconds after a disturbance until ranks that are left are ended: longer than lockstep waits for others at the start. */
const LONGEST = 330;
/** Seconds that a launch may take that nothing disturbs. */
const LONGEST_UNDISTURBED = 300;
/** Seconds after the last rank until a launcher that is left is ended, and seconds until a disturbance has to be due. */
const LONGEST_LAUNCHER = 30;
const LONGEST_BEFORE = 90;
const LOOK_MILLISECONDS = 20;
const CLOSE_MILLISECONDS = 2000;

/** The words that run lockstep. */
export const lockstep = (args: readonly string[]): string[] => [process.execPath, CLI, ...args];

/**
 * Runs a launcher's line to its end.
 * @param mark a word of the line that no other process has, by which its processes are known
 * @param hasSaved whether a checkpoint was written since it began
 */
export async function watch(
  words: readonly string[],
  mark: string,
  disturbance: Disturbance | null = null,
  hasSaved: () => boolean = () => false,
): Promise<Watched> {
  const [program, ...args] = words;
  const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', chunk => {
      said[name] += chunk;
    });
  }
  let code: number | null = null;
  let signal: NodeJS.Signals | null = null;
  const closed = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (...end) => {
      [code, signal] = end;
    });
    child.on('close', () => resolve());
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;

  const isDue: Record<Disturbance['phase'], () => boolean> = {
    starting: () => ranksWith(mark).length > 0,
    training: () => said.stderr.includes(' parameters'),
    saving: hasSaved,
  };
  let disturbed = false;
  if (disturbance) {
    const started = performance.now();
    const isLate = () => performance.now() - started > 1000 * LONGEST_BEFORE;
    while (!hasEnded() && !isDue[disturbance.phase]() && !isLate()) await sleep(LOOK_MILLISECONDS);
    if (isLate()) for (const id of processesWith(mark)) signalProcess(id, 'SIGKILL');
    await sleep(disturbance.milliseconds);
    disturbed = !hasEnded();
    if (disturbed) disturbance.act(ranksWith(mark));
  }
  const begun = performance.now();
  const since = () => (performance.now() - begun) / 1000;
  const isLate = (seconds: number) => since() > (disturbed ? seconds : LONGEST_UNDISTURBED);
  // Ranks that nothing has disturbed may still have to start.
  const hasRanks = () => ranksWith(mark).length > 0 || !(disturbed || hasEnded());
  while (hasRanks() && !isLate(LONGEST)) await sleep(LOOK_MILLISECONDS);
  const ranksSeconds = since();
  const left: Watched['left'] = ranksWith(mark).length > 0 ? ['ranks'] : [];
  while (!hasEnded() && !isLate(ranksSeconds + LONGEST_LAUNCHER)) await sleep(LOOK_MILLISECONDS);
  const seconds = since();
  if (!hasEnded()) left.push('launcher');
  for (const id of left.length > 0 ? processesWith(mark) : []) signalProcess(id, 'SIGKILL');
  if (!hasEnded()) child.kill('SIGKILL');
  // The other half of a launcher that was killed may hold the pipes.
  await Promise.race([closed, sleep(CLOSE_MILLISECONDS)]);
  child.stdout.destroy();
  child.stderr.destroy();
  return {
    ...{ ...said, signal, disturbed, ranksSeconds, seconds, left },
    code: code ?? 128 + constants.signals[signal!],
  };
}
