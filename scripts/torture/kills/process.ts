/** One process of lockstep, to its end or to a signal that comes at its time. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../../src/cli.js', import.meta.url));
/** 128 + SIGINT. */
const INTERRUPTED = 130;

/** What a process is disturbed by. */
export interface Disturbance {
  /** The first can't be answered; the second is, by a checkpoint. */
  signal: 'SIGKILL' | 'SIGINT';
  /** How long after it was begun, its training was, or its first checkpoint has come. */
  phase: 'starting' | 'training' | 'saving';
  milliseconds: number;
}

export interface Ended {
  /** Whether the signal ended it. */
  disturbed: boolean;
  code: number | null;
  stdout: string;
  stderr: string;
}

/** How often it is looked whether there is a new checkpoint. */
const LOOK_MILLISECONDS = 5;

/**
 * Runs lockstep, and disturbs it where that is asked for.
 * @param hasSaved whether the process has made a checkpoint
 */
export function lockstep(
  args: string[],
  disturbance: Disturbance | null = null,
  hasSaved = () => false,
): Promise<Ended> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    let timer: NodeJS.Timeout | undefined;
    const disturbSoon = () => {
      timer ??= setTimeout(() => child.kill(disturbance!.signal), disturbance!.milliseconds);
    };
    if (disturbance?.phase === 'starting') disturbSoon();
    const look = setInterval(() => {
      if (disturbance?.phase === 'saving' && hasSaved()) disturbSoon();
    }, LOOK_MILLISECONDS);
    child.stdout.on('data', chunk => {
      stdout += chunk;
    });
    child.stderr.on('data', chunk => {
      stderr += chunk;
      // The line that says what is about to run.
      if (disturbance?.phase === 'training' && stderr.includes(' parameters ')) disturbSoon();
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      clearInterval(look);
      const disturbed = disturbance !== null && (signal === disturbance.signal || code === INTERRUPTED);
      resolve({ disturbed, code, stdout, stderr });
    });
  });
}
