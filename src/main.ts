/** The command line as a process: its signals, its streams, and its exit. */
import { runLine } from './commands/line/line.js';
import { mpiChoice } from './commands/line/mpi-choice.js';
import { Interruption, type Interrupts, leave, listenForSignals } from './commands/line/signals.js';
import { exitCodeOf, watchStreams } from './commands/line/streams.js';
import { type Launcher, launcherOf } from './ranks/launcher.js';
import { idlePools } from './threads/idle-pools.js';

/** Runs a line, on several ranks if a launcher has started them, or an MPI library is named. */
async function run(launcher: Launcher | null, interrupts: Interrupts): Promise<number> {
  const words = process.argv.slice(2);
  const mpi = mpiChoice(words) ?? 'auto';
  const isAlone = mpi === 'auto' && (launcher?.size ?? 1) === 1;
  if (isAlone || mpi === 'off') return runLine(words, interrupts);
  const { runOnRanks } = await import('./commands/line/ranks.js');
  return runOnRanks({ launcher, mpi, words }, interrupts);
}

/** How long a process whose work is done may take to end on its own. */
const LAST_MILLISECONDS = 2000;

/** Ends a process that something keeps alive although its work is done: what a failed start of threads left, for example. */
function endSoon(): void {
  // The timer keeps no process alive, and output that is still being read is not lost.
  setTimeout(() => {
    const isWritten = [process.stdout, process.stderr].every(stream => stream.writableLength === 0);
    if (isWritten) leave(exitCodeOf(process.exitCode));
    else endSoon();
  }, LAST_MILLISECONDS).unref();
}

async function main(): Promise<void> {
  watchStreams();
  const launcher = launcherOf(process.env);
  const interrupts = listenForSignals(launcher !== null);
  try {
    const code = exitCodeOf(await run(launcher, interrupts));
    await idlePools.closeAll();
    if (idlePools.threadsLeft > 0) leave(code);
    process.exitCode = exitCodeOf(code);
    endSoon();
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    // Abandoned work may still be running on other threads.
    leave(error.exitCode);
  }
}

await main();
