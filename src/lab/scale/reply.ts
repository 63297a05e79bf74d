/** The answer of a measuring process as plain data: its result, or its error. */
import { LockstepError } from '../../errors.js';
import type { Reply, StudyResults, StudyTask } from './tasks.js';

/** Runs the work. Never rejects. */
export async function replyOf(work: () => Promise<StudyResults[StudyTask['kind']]>): Promise<Reply> {
  try {
    return { ok: true, result: await work() };
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    const known = error instanceof LockstepError ? error : null;
    const text = known?.text ?? { message, hint: undefined };
    return { ok: false, code: known?.code ?? null, ...text, stack };
  }
}

/** The error of an answer. */
export function errorOf({ code, message, hint, stack }: Extract<Reply, { ok: false }>): Error {
  const cause = new Error(message);
  if (stack !== undefined) cause.stack = stack;
  if (code === null) return cause;
  return new LockstepError(code, message, { ...(hint === undefined ? {} : { hint }), cause });
}
