/** The command line as a process: its signals, its streams, and how it exits. */
import { runLine } from './commands/line/line.js';
import { Interruption, leave, listenForSignals } from './commands/line/signals.js';
import { exitCodeOf, watchStreams } from './commands/line/streams.js';
import { idlePools } from './threads/idle-pools.js';

async function main(): Promise<void> {
  watchStreams();
  const interrupts = listenForSignals();
  try {
    const code = exitCodeOf(await runLine(process.argv.slice(2), interrupts));
    await idlePools.closeAll();
    if (idlePools.threadsLeft > 0) leave(code);
    process.exitCode = exitCodeOf(code);
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    // What was given up may still be at work on threads of its own.
    leave(error.exitCode);
  }
}

await main();
