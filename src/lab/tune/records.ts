/** Records that a search writes so that it can be resumed. */
import { usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import type { Result, TUNE_FORMAT, TUNE_VERSION, TuneConfiguration, Tuning } from './schema.js';

/** The first record, which describes the search. */
export interface TuneBegin {
  type: 'tune';
  format: typeof TUNE_FORMAT;
  version: typeof TUNE_VERSION;
  command: string;
  startedAt: string;
  configuration: TuneConfiguration;
}

/** The search, and each of its results with the time when it ended. */
export type TuneRecord = TuneBegin | { type: 'result'; at: string; result: Result };

/** Yielded at the beginning, after each epoch, and after each result. */
export interface TuneProgressReport {
  type: 'progress';
  /** What was added; null in between. To be kept by whoever wants to go on from here. */
  record: TuneRecord | null;
  /** The current trial and its rung; null between two trials. */
  trial: number | null;
  rung: number;
  /** Finished epochs, their total number, and the estimated seconds for the missing ones. */
  done: number;
  total: number;
  secondsLeft: number;
  /** The best result of the highest rung so far. */
  best: Result | null;
}

/** The last report: the whole search; null if the signal ended it. */
export interface TuneEndReport {
  type: 'end';
  result: Tuning | null;
}

export type TuneReport = TuneProgressReport | TuneEndReport;

/** The first record. @throws usage where it isn't that of a search */
export function beginningOf([begin]: readonly TuneRecord[]): TuneBegin {
  if (begin?.type === 'tune') return begin;
  throw usageError('records: expected those of a search, got others.');
}

/** The first of the records; null if there are none. @throws usage if it belongs to another search */
export function beginOf(records: readonly TuneRecord[], configuration: TuneConfiguration): TuneBegin | null {
  if (records.length === 0) return null;
  const begin = beginningOf(records);
  const difference = differenceOf(flat(begin.configuration), flat(configuration));
  if (difference === null) return begin;
  const { name, before, now } = difference;
  throw usageError(
    `${option('out')}: expected the search that was begun there, got another: ${name} was ${before}, and is ${now}.`,
    `Give ${option('out')} another folder, or repeat the command as it was.`,
  );
}

/**
 * The configuration with the properties of `subject` moved up one level, for messages that name differences.
 */
function flat({ subject, ...own }: TuneConfiguration): Record<string, unknown> {
  const inner = Object.entries(subject).flatMap(([name, value]) =>
    isPlain(value) ? Object.entries(value) : [[name, value] as const],
  );
  return { ...own, ...Object.fromEntries(inner) };
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first entry in which the two differ. */
function differenceOf(before: Record<string, unknown>, now: Record<string, unknown>) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  const entries = names.map(name => ({
    name,
    before: JSON.stringify(before[name]) ?? 'none',
    now: JSON.stringify(now[name]) ?? 'none',
  }));
  return entries.find(entry => entry.before !== entry.now) ?? null;
}
