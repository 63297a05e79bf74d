#!/usr/bin/env node
/** The command line as a process: its signals, its streams, and how it exits. */
import { runLine } from './commands/line.js';
import { Interruption, listenForSignals } from './commands/signals.js';

async function main(): Promise<void> {
  // What was being written fails by itself where it matters.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  const interrupts = listenForSignals();
  try {
    process.exitCode = await runLine(process.argv.slice(2), interrupts);
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    // What was given up may still be at work on threads of its own.
    process.exit(error.exitCode);
  }
}

await main();
