/**
 * The command line on several ranks, started by mpirun or another launcher: rank 0 runs the line as one process would, and the
 * others serve its trainings, so each line, error and file comes from one process.
 */
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { shellLine } from '../../config/flags.js';
import { COMMAND_NAMES } from '../../config/options.js';
import { EXIT_CODES, LockstepError, usageError } from '../../errors.js';
import { endProcess } from '../../native.js';
import type { Launcher } from '../../ranks/launcher.js';
import { CallFailed } from '../../ranks/library.js';
import { openRanks } from '../../ranks/open.js';
import { type Ranks, ToldByRank0 } from '../../ranks/ranks.js';
import { followRank0 } from '../../session/follower.js';
import { leadRanks } from '../../session/leader.js';
import { readWithRank0 } from '../settings/rank-rows.js';
import { reportError, runLine } from './line.js';
import { mpiChoice } from './mpi-choice.js';
import { firstWord } from './parser.js';
import { say } from './print.js';
import type { Interrupts } from './signals.js';

/** Commands whose trainings run on all ranks. */
const ON_RANKS: readonly unknown[] = ['train', 'bench', 'verify', 'selfcheck'];

/** Milliseconds that rank 0 has to report an error. */
const HEAD_START = 1000;

/** A line, and what started it on which ranks. */
interface RanksLine {
  launcher: Launcher | null;
  /** The value of --mpi. */
  mpi: string;
  words: readonly string[];
}

/** Runs a line on all ranks that the launcher has started. Returns the exit code. @throws Interruption */
export async function runOnRanks(line: RanksLine, interrupts: Interrupts): Promise<number> {
  const ranks = await open(line);
  if (typeof ranks === 'number') return ranks;
  const code = ranks.rank === 0 ? await leadLine(ranks, line.words, interrupts) : await follow(ranks);
  if (!(await ranks.close())) endProcess(code);
  return code;
}

/** Reports an error once if it is the same for all, else once for each host, or on the rank that it happened to. Returns the ranks, or the exit code. */
async function open({ launcher, mpi, words }: RanksLine): Promise<Ranks | number> {
  const isFirst = (launcher?.rank ?? 0) === 0;
  try {
    if (launcher) refuseOthers(launcher, words);
  } catch (error) {
    return isFirst ? reportError(error) : sayNothing(EXIT_CODES.usage);
  }
  try {
    return await openRanks({ mpi, environment: process.env });
  } catch (error) {
    if (error instanceof ToldByRank0) return sayNothing(error.exitCode);
    if (!isFirst && !launcher!.isFirstOnHost && !(error instanceof CallFailed)) {
      return sayNothing(error instanceof LockstepError ? EXIT_CODES[error.code] : EXIT_CODES.failed);
    }
    if (!isFirst) tellWhose(launcher!.rank, hostname());
    return reportError(error);
  }
}

/** The launcher may end all ranks as soon as one has failed: the one that reports the error comes first. */
async function sayNothing(code: number): Promise<number> {
  await sleep(HEAD_START);
  return code;
}

/** @throws usage if the command does not run on ranks */
function refuseOthers({ name, size }: Launcher, words: readonly string[]): void {
  const word = firstWord(words);
  if (ON_RANKS.includes(word) || !COMMAND_NAMES.some(one => one === word)) return;
  if (word === 'info' && mpiChoice(words) !== null) return;
  const [program] = name.split(' ');
  throw usageError(
    `lockstep ${word} runs in one process; ${name} has started ${size}.`,
    `Start it without ${program}: ${shellLine(['lockstep', ...words])}`,
  );
}

/** Precedes an error of a rank other than the first. */
function tellWhose(rank: number, host: string): void {
  process.stderr.write(`rank ${rank} (host ${host}): `);
}

async function leadLine(ranks: Ranks, words: readonly string[], interrupts: Interrupts): Promise<number> {
  const leader = leadRanks(ranks);
  // info --mpi shows it among the rest.
  if (firstWord(words) !== 'info') say(ranks.note && `note: ${ranks.note}`);
  const code = await runLine(words, interrupts);
  if (leader.isBroken) ranks.abort(code);
  await leader.end(code);
  return code;
}

async function follow(ranks: Ranks): Promise<number> {
  try {
    return await followRank0(ranks, readWithRank0);
  } catch (error) {
    tellWhose(ranks.rank, ranks.host);
    return ranks.abort(reportError(error));
  }
}
