/** Records that a search writes so that it can be resumed. */
import { isPlain } from '../../store/run-files.js';
import { beginningOf, checkSame } from '../records.js';
import type { Result, TuneConfiguration, Tuning } from './schema.js';

/** The first record, which describes the search. */
export interface TuneBegin
  extends Pick<Tuning, 'format' | 'version' | 'command' | 'startedAt' | 'configuration'> {
  type: 'tune';
}

/** The search, and each of its results with the time when it ended. */
export type TuneRecord = TuneBegin | { type: 'result'; at: string; result: Result };

/** Yielded at the beginning, after each epoch, and after each result. */
export interface TuneProgressReport {
  type: 'progress';
  /** What was added; null in between. Needed to resume from here. */
  record: TuneRecord | null;
  /** The trials in training, and their rung; none before the first one and between two rungs. */
  trials: number[];
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

/** The first of the records; null if there are none. @throws usage if it belongs to another search */
export function beginOf(records: readonly TuneRecord[], configuration: TuneConfiguration): TuneBegin | null {
  if (records.length === 0) return null;
  const begin = beginningOf(records, 'tune');
  checkSame('tune', flat(begin.configuration), flat(configuration));
  return begin;
}

/**
 * The configuration with the properties of `subject` moved up one level, for messages that name differences.
 */
function flat({ subject, warmStart, ...own }: TuneConfiguration): Record<string, unknown> {
  const inner = Object.entries(subject).flatMap(([name, value]) =>
    isPlain(value) ? Object.entries(value) : [[name, value] as const],
  );
  // It differs only if something above does.
  return { ...own, ...Object.fromEntries(inner), warmStart };
}
