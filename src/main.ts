/** The command line as a process: its signals, its streams, and its exit. */
import { runLine } from './commands/line/line.js';
import { Interruption, leave, listenForSignals } from './commands/line/signals.js';
import { exitCodeOf, watchStreams } from './commands/line/streams.js';
import { threadsLeft } from './threads/ending.js';
import { closeKept } from './threads/kept.js';

async function main(): Promise<void> {
  watchStreams();
  const interrupts = listenForSignals();
  try {
    const code = exitCodeOf(await runLine(process.argv.slice(2), interrupts));
    await closeKept();
    if (threadsLeft() > 0) leave(code);
    process.exitCode = exitCodeOf(code);
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    // Abandoned work may still be running on other threads.
    leave(error.exitCode);
  }
}

await main();
