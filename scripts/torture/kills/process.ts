/** Runs one process of lockstep to its end, or until a timed signal. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../../src/cli.js', import.meta.url));
/** 128 + SIGINT */
const INTERRUPTED = 130;

/** When and how to disturb a process. */
export interface Disturbance {
  /** The first can't be handled; the second is, by writing a checkpoint. */
  signal: 'SIGKILL' | 'SIGINT';
  /** Delay after the start of the process, of its training, or after its first checkpoint. */
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

/** Interval between checks for a new checkpoint. */
const LOOK_MILLISECONDS = 5;

/**
 * Runs lockstep, and disturbs it if requested.
 * @param hasSaved whether the process has written a checkpoint
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
      // The line that is printed before training starts.
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
