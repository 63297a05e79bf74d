/** Judges one table: read, refused, or wrong. Adds the findings to a tally. */
import { LockstepError } from '../../../src/errors.js';
import { compare, compareKept } from './compare.js';
import type { WrittenTable } from './manifest.js';
import type { Problem } from './problem.js';
import { type ReadTable, readAgain, readTable } from './read.js';

export type Verdict =
  | { verdict: 'equal'; cells: number; problems: Problem[] }
  | { verdict: 'refused'; message: string; hint: string }
  | { verdict: 'different'; cells: number; problems: Problem[] };

/** One in this many tables is also read with its own encoding, like new rows. */
const AGAIN = 3;

/** Reads a table, and compares it with what was written. */
export async function judge(table: WrittenTable): Promise<Verdict> {
  const read = await readTable(table).catch(refusalOf);
  if ('message' in read) return read.problem ? different([read.problem]) : { verdict: 'refused', ...read };
  const { problems, cells } = compare(table, read);
  const isWrong = problems.some(({ grade }) => grade === 'wrong');
  if (!isWrong && table.number % AGAIN === 0) {
    const keep = keepable(table, read);
    const again = await readAgain(table, read, keep).catch(refusalOf);
    if ('message' in again) problems.push(again.problem ?? refusedAgain(again.message));
    else {
      // Columns that were left out of the training are not expected in new rows.
      const told = { ...again, notes: [...read.notes, ...again.notes] };
      const second = compare(table, told).problems.filter(({ grade }) => grade === 'wrong');
      problems.push(...[...second, ...compareKept(table, again)].map(toSecond));
    }
  }
  const differs = problems.some(({ grade }) => grade === 'wrong');
  return { verdict: differs ? 'different' : 'equal', cells, problems };
}

/** Columns with the same name in the reader's result. */
function keepable({ columns }: WrittenTable, { features, targets }: ReadTable): string[] {
  const names = new Set([...features, ...targets].map(({ name }) => name));
  return columns.flatMap(({ name, isDuplicate }) => (names.has(name) && !isDuplicate ? [name] : []));
}

function different(problems: Problem[]): Verdict {
  return { verdict: 'different', cells: 0, problems };
}

function toSecond(problem: Problem): Problem {
  return { ...problem, kind: `as new rows: ${problem.kind}` };
}

function refusedAgain(detail: string): Problem {
  return { grade: 'wrong', kind: 'learnt from, but refused as new rows', detail };
}

/** A refusal is a LockstepError with a sentence; anything else is a fault. */
function refusalOf(error: unknown): { message: string; hint: string; problem: Problem | null } {
  const { message, stack } = error as Error;
  if (!(error instanceof LockstepError)) {
    const where = stack?.split('\n').find(line => line.includes('/dist/')) ?? '';
    return { message, hint: '', problem: { grade: 'wrong', kind: 'crash', detail: `${message}${where}` } };
  }
  const isSentence = !/[\n\r]/.test(message) && (error.code === 'usage' || error.code === 'failed');
  const problem: Problem = { grade: 'wrong', kind: 'message of several lines', detail: message };
  return { message, hint: error.hint ?? '', problem: isSentence ? null : problem };
}
