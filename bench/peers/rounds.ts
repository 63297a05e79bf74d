/**
 * The measurements of one cell. Everything is set up once; then, in each round, lockstep and each way of the others take steps
 * for a moment, one after the other. Neighbours find the machine in the same state, so that its drift cancels in their ratio;
 * every second round goes backwards.
 */
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DEFAULT_MACHINE } from '../../src/train/defaults.js';
import type { Cell } from './cells.js';
import type { Contestant, Way } from './contestants.js';
import { errorOfStep, readFloats, weightsOf, writeProblem } from './problem.js';
import { PeerError, Program } from './process.js';
import { speedOf, type Trial } from './statistics.js';
import { makeTemporaryFolder } from './temporary.js';
import { Trainer } from './trainer.js';

/** One way of one contestant, which goes on from cell to cell. */
export interface Entry {
  contestant: Contestant;
  way: Way;
  /** null if it has failed and must be started again. */
  program: Program | null;
}

export interface CellTrials {
  cell: Cell;
  trials: Trial[];
  /** Why a way has no figure. */
  failures: { contestant: string; way: string; reason: string }[];
}

/** What is told while a cell is measured. */
export interface Listener {
  versions(versions: Record<string, string>): void;
  progress(what: string): void;
}

/** Starting; and compiling, for some. */
const START_SECONDS = 120;
const OPEN_SECONDS = 600;
const BURST_SECONDS = 120;
/** For threads that still spin after their last step. */
const SETTLE_MILLISECONDS = 10;
/** A way that is slower than the contestant's fastest by more than this factor in the first round is not tried again. */
const WAY_SLACK = 1.2;
/** Rounding errors of sums over a batch, and of the weights that show them, are smaller; a wrong gradient is not. */
const TOLERANCE = 1e-3;
const WARM_UP = -1;

export function enter(contestants: readonly Contestant[]): Entry[] {
  return contestants.flatMap(contestant => contestant.ways.map(way => ({ contestant, way, program: null })));
}

/** Measures one cell. @param rounds and seconds of one measurement */
export async function measureCell(
  cell: Cell,
  entries: readonly Entry[],
  { rounds, seconds }: { rounds: number; seconds: number },
  listener: Listener,
): Promise<CellTrials> {
  const folder = makeTemporaryFolder(tmpdir());
  const result: CellTrials = { cell, trials: [], failures: [] };
  try {
    await writeProblem(cell, folder);
    const problem = { folder, before: weightsOf(cell), expected: await firstStepOf(cell) };
    let racing = await openAll(cell, entries, problem, seconds, listener, result);
    for (let round = 0; round < rounds; round++) {
      const turn = round % 2 === 0 ? racing : [...racing].reverse();
      for (const entry of turn)
        await attempt(entry, result, () => burst(entry, round, seconds, listener, result));
      if (round === 0) racing = racing.filter(entry => isWorthAgain(entry, result));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return result;
}

interface Problem {
  folder: string;
  before: Float32Array;
  /** The weights after lockstep's first step. */
  expected: Float32Array;
}

async function firstStepOf(cell: Cell): Promise<Float32Array> {
  const trainer = await Trainer.open(cell, DEFAULT_MACHINE);
  try {
    return await trainer.check();
  } finally {
    await trainer.close();
  }
}

/** Sets up the cell in each program, compares its first step, and warms it up. Returns those that can be measured. */
async function openAll(
  cell: Cell,
  entries: readonly Entry[],
  problem: Problem,
  seconds: number,
  listener: Listener,
  result: CellTrials,
): Promise<Entry[]> {
  const open: Entry[] = [];
  for (const [i, entry] of entries.entries()) {
    listener.progress(`setting up ${nameOf(entry)}`);
    const isOpen = await attempt(entry, result, async () => {
      entry.program ??= await startProgram(entry.way, listener);
      const after = join(problem.folder, `after-${i}.f32`);
      await entry.program.ask({ do: 'open', folder: problem.folder, after }, 'opened', OPEN_SECONDS);
      const error = errorOfStep(cell, problem.before, problem.expected, await readFloats(after));
      if (!(error <= TOLERANCE)) {
        throw new PeerError(
          `its first step differs from lockstep's by ${error.toPrecision(2)} of its length`,
        );
      }
      listener.progress(`${nameOf(entry)}: first step as lockstep's but for ${error.toExponential(1)}`);
      await burst(entry, WARM_UP, seconds, listener, result);
    });
    if (isOpen) open.push(entry);
  }
  return open;
}

async function startProgram(way: Way, listener: Listener): Promise<Program> {
  const program = new Program(way.command, way.environment);
  const { versions } = await program.expect('ready', START_SECONDS);
  listener.versions(versions);
  return program;
}

/** Whether it went well; if not, the failure is noted, and the program will be started again. */
async function attempt(entry: Entry, result: CellTrials, action: () => Promise<void>): Promise<boolean> {
  if (failureOf(entry, result)) return false;
  try {
    await action();
    return true;
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    entry.program?.end();
    entry.program = null;
    result.failures.push({
      ...{ contestant: entry.contestant.id, way: entry.way.name },
      reason: error.message,
    });
    return false;
  }
}

async function burst(entry: Entry, round: number, seconds: number, listener: Listener, result: CellTrials) {
  await setTimeout(SETTLE_MILLISECONDS);
  const { steps, ...answer } = await entry.program!.ask({ do: 'burst', seconds }, 'burst', BURST_SECONDS);
  const { id } = entry.contestant;
  const trial: Trial = { contestant: id, way: entry.way.name, round, steps, seconds: answer.seconds };
  result.trials.push(trial);
  if (answer.description) listener.versions({ [entry.contestant.title]: answer.description });
  const speed = Math.round(speedOf(trial, result.cell)).toLocaleString('en');
  listener.progress(`${round < 0 ? 'warm-up' : `round ${round + 1}`}  ${nameOf(entry)}: ${speed} rows/s`);
}

/** By the better of the warm-up and the first round: noise only makes a way slower. */
function isWorthAgain({ contestant, way }: Entry, { cell, trials }: CellTrials): boolean {
  const fastest = (name?: string) =>
    Math.max(
      0,
      ...trials
        .filter(trial => trial.contestant === contestant.id && (name === undefined || trial.way === name))
        .map(trial => speedOf(trial, cell)),
    );
  return fastest(way.name) * WAY_SLACK >= fastest();
}

function failureOf({ contestant, way }: Entry, { failures }: CellTrials) {
  return failures.find(failure => failure.contestant === contestant.id && failure.way === way.name);
}

function nameOf({ contestant, way }: Entry): string {
  return contestant.ways.length > 1 ? `${contestant.title} (${way.name})` : contestant.title;
}
