/** Processes of lockstep's command line, for everything here that disturbs them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

export const CLI = fileURLToPath(new URL('../../src/cli.js', import.meta.url));

/** How a process ended, and what it wrote. */
export interface Ended {
  /** As a shell shows it: 128 + the number of a signal that ended the process. */
  code: number;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Started {
  child: ChildProcess;
  ended: Promise<Ended>;
}

/**
 * Starts lockstep.
 *
 * @param flags for Node.js
 * @param onError called whenever the process writes to stderr, with all that it has written there so far
 */
export function start(
  args: readonly string[],
  { flags = [], onError }: { flags?: readonly string[]; onError?: (stderr: string) => void } = {},
): Started {
  const child = spawn(process.execPath, [...flags, CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', chunk => {
    stdout += chunk;
  });
  child.stderr.on('data', chunk => {
    stderr += chunk;
    onError?.(stderr);
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code: code ?? 128 + constants.signals[signal!], signal, stdout, stderr });
    });
  });
  return { child, ended };
}

/** The hash of the trained weights, from the output of `train --json`. */
export function hashOf({ stdout }: Pick<Ended, 'stdout'>): string {
  return (JSON.parse(stdout) as { weightsSha256: string }).weightsSha256;
}
