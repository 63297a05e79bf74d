/**
 * Runs one measurement in a fresh process, or in several ranks, so that no memory, compiled code or heat is left over from the
 * previous one.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { failure } from '../../errors.js';
import { launchRanks } from './launch-ranks.js';
import { errorOf } from './reply.js';
import type { Reply, StudyResults, StudyTask } from './tasks.js';

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url));

/**
 * Runs a task in a fresh process, or in several if it is one of ranks.
 * @returns its result and the duration of the process in seconds; null if the signal ended it
 * @throws the task's error; failed if the process ended without an answer
 */
export async function runFresh<K extends StudyTask['kind']>(
  task: Extract<StudyTask, { kind: K }>,
  signal: AbortSignal | null,
): Promise<{ result: StudyResults[K]; seconds: number } | null> {
  if (signal?.aborted) return null;
  const begun = performance.now();
  const reply = await askFor(task, signal);
  if (reply === null) return null;
  if (!reply.ok) throw errorOf(reply);
  return { result: reply.result as StudyResults[K], seconds: (performance.now() - begun) / 1000 };
}

function askFor(task: StudyTask, signal: AbortSignal | null): Promise<Reply | null> {
  const isOnRanks = task.kind === 'sample' && task.setup.ranks > 1;
  return isOnRanks ? launchRanks(task, signal) : converse(task, signal);
}

/** The answer; null if the signal came first. */
function converse(task: StudyTask, signal: AbortSignal | null): Promise<Reply | null> {
  return new Promise((resolve, reject) => {
    const child = fork(CHILD, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    let reply: Reply | null = null;
    const stop = () => child.kill('SIGKILL');
    signal?.addEventListener('abort', stop);
    child.on('message', message => {
      reply = message as Reply;
      // The answer is complete, so the process need not end gracefully.
      stop();
    });
    child.on('error', reject);
    child.on('exit', (code, killedBy) => {
      signal?.removeEventListener('abort', stop);
      if (reply !== null || signal?.aborted) return resolve(signal?.aborted ? null : reply);
      const end = killedBy === null ? `exit code ${code}` : killedBy;
      reject(failure(`measuring process: expected an answer, got ${end}.`, 'Is there enough memory?'));
    });
    child.send(task);
  });
}
