/** Runs the command line: in a separate process, as users do, or in the process of the test, which takes a tenth of the time. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, vi } from 'vitest';
import { runLine } from '../../src/commands/line/line.js';

export const CLI = fileURLToPath(new URL('../../src/cli.js', import.meta.url));

/** The exit code and the output of a line. */
export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Starts lockstep, or the copy of it at `cli`. `onStart` gets the process; `onError` gets it too, with all of stderr so far,
 * whenever there is more of it.
 */
export function lockstep(
  args: readonly string[],
  options: {
    cwd?: string;
    cli?: string;
    env?: NodeJS.ProcessEnv;
    onStart?: (kill: (signal: NodeJS.Signals) => void) => void;
    onError?: (said: string, kill: (signal: NodeJS.Signals) => void) => void;
  } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [options.cli ?? CLI, ...args], {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    options.onStart?.(signal => child.kill(signal));
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

/**
 * Runs a line in the process of the test. This covers output, files and exit codes, but not signals, or the start and end of
 * a process. Only one line at a time can run, because the current folder and the streams belong to the process.
 */
export async function runInside(args: readonly string[], options: { cwd?: string } = {}): Promise<Outcome> {
  const said = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map(name =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk, ...rest: unknown[]) => {
      said[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      const done = rest.find(argument => typeof argument === 'function');
      done?.();
      return true;
    }),
  );
  // yargs prints help with console.log.
  spies.push(
    vi.spyOn(console, 'log').mockImplementation(text => {
      said.stdout += `${text}\n`;
    }) as never,
  );
  const before = process.cwd();
  process.chdir(options.cwd ?? before);
  const never = { signal: new AbortController().signal, requests: new EventTarget(), limitTime() {} };
  try {
    return { code: await runLine(args, never), ...said };
  } finally {
    process.chdir(before);
    for (const spy of spies) spy.mockRestore();
  }
}

/** A temporary folder for one test file, removed after its tests. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
