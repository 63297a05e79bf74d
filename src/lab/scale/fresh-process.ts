/**
 * Runs one measurement in a fresh process, so that no memory, compiled code or heat is left over from the
 * previous one.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { failure, LockstepError } from '../../errors.js';
import type { Reply, StudyResults, StudyTask } from './tasks.js';

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url));

/**
 * Runs a task in a fresh process.
 * @returns its result and the duration of the process in seconds; null if the signal ended it
 * @throws the task's error; failed if the process ended without an answer
 */
export async function runFresh<K extends StudyTask['kind']>(
  task: Extract<StudyTask, { kind: K }>,
  signal: AbortSignal | null,
): Promise<{ result: StudyResults[K]; seconds: number } | null> {
  if (signal?.aborted) return null;
  const begun = performance.now();
  const reply = await converse(task, signal);
  if (reply === null) return null;
  if (!reply.ok) throw errorOf(reply);
  return { result: reply.result as StudyResults[K], seconds: (performance.now() - begun) / 1000 };
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

function errorOf({ code, message, hint, stack }: Extract<Reply, { ok: false }>): Error {
  const cause = new Error(message);
  if (stack !== undefined) cause.stack = stack;
  if (code === null) return cause;
  return new LockstepError(code, message, { ...(hint === undefined ? {} : { hint }), cause });
}
