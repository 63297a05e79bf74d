/** What the records of a study and of a search have in common: their beginning, and the checks before resuming. */
import { usageError } from '../errors.js';
import { option } from '../option-names.js';

const NAMES = { study: 'study', tune: 'search' } as const;
type Kind = keyof typeof NAMES;

/** The first record. @throws usage if it isn't of that kind */
export function beginningOf<R extends { type: string }, K extends Kind>(
  [begin]: readonly R[],
  kind: K,
): Extract<R, { type: K }> {
  if (begin?.type === kind) return begin as Extract<R, { type: K }>;
  throw usageError(`records: expected those of a ${NAMES[kind]}, got others.`);
}

/** @throws usage at the first entry that differs between the records and what is requested now */
export function checkSame(kind: Kind, begun: object, asked: object): void {
  const [before, now] = [begun, asked].map(
    entries => new Map(Object.entries(entries).map(([name, value]) => [name, JSON.stringify(value)])),
  ) as [Map<string, string>, Map<string, string>];
  const name = [...before.keys(), ...now.keys()].find(key => before.get(key) !== now.get(key));
  if (name === undefined) return;
  const [was, is] = [before, now].map(entries => entries.get(name) ?? 'none');
  throw usageError(
    `${option('out')}: expected the ${NAMES[kind]} that was begun there, got another: ${name} was ${was}, and is ${is}.`,
    `Give ${option('out')} another folder, or repeat the command as it was.`,
  );
}

/** The latest of these times, each in the form of `now`. */
export function latest(times: readonly string[]): string {
  return times.reduce((a, b) => (a > b ? a : b));
}

/** ISO 8601, UTC. */
export function now(): string {
  return new Date().toISOString();
}
