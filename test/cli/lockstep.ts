/** Runs the command line as a process of its own, as users do. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export const CLI = fileURLToPath(new URL('../../src/cli.js', import.meta.url));

/** How a process ended, and what it said. */
export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Starts lockstep, or a copy of it: `cli`. `onError` is given what it says on stderr so far, and the process, each
 * time it speaks.
 */
export function lockstep(
  args: readonly string[],
  options: {
    cwd?: string;
    cli?: string;
    onError?: (said: string, kill: (signal: NodeJS.Signals) => void) => void;
  } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [options.cli ?? CLI, ...args], {
      cwd: options.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', chunk => {
      stdout += chunk;
    });
    child.stderr.on('data', chunk => {
      stderr += chunk;
      options.onError?.(stderr, signal => child.kill(signal));
    });
    child.on('error', reject);
    child.on('close', code => resolve({ code, stdout, stderr }));
  });
}

/** A temporary folder of one test file, removed after its tests. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
