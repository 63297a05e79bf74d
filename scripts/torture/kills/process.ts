/** One process of lockstep, which runs to its end or to a signal that comes at a given time. */
import { type Ended, start } from '../process.js';

/** 128 + SIGINT. */
const INTERRUPTED = 130;

/** What disturbs a process. */
export interface Disturbance {
  /** No process can answer the first; the second is answered with a checkpoint. */
  signal: 'SIGKILL' | 'SIGINT';
  /** From when the time counts: the start of the process, the start of its training, or its first checkpoint. */
  phase: 'starting' | 'training' | 'saving';
  milliseconds: number;
}

/** Time between two looks for a new checkpoint. */
const LOOK_MILLISECONDS = 5;

/**
 * Runs lockstep, and disturbs it if asked to. `disturbed` tells whether the signal ended it.
 *
 * @param hasSaved whether the process has written a checkpoint
 */
export async function lockstep(
  args: string[],
  disturbance: Disturbance | null = null,
  hasSaved = () => false,
): Promise<Ended & { disturbed: boolean }> {
  let timer: NodeJS.Timeout | undefined;
  const disturbSoon = (phase: Disturbance['phase']) => {
    if (disturbance?.phase !== phase) return;
    timer ??= setTimeout(() => child.kill(disturbance.signal), disturbance.milliseconds);
  };
  const { child, ended } = start(args, {
    // The line that says what is about to run.
    onError: stderr => stderr.includes(' parameters') && disturbSoon('training'),
  });
  disturbSoon('starting');
  const look = setInterval(() => hasSaved() && disturbSoon('saving'), LOOK_MILLISECONDS);
  const end = await ended;
  clearTimeout(timer);
  clearInterval(look);
  const isEnded = end.signal === disturbance?.signal || end.code === INTERRUPTED;
  return { ...end, disturbed: disturbance !== null && isEnded };
}
