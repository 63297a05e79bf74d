/**
 * The metadata "checkpoint" of a checkpoint: position, configuration and fingerprint of the data as one JSON
 * text. Everything is validated on reading. Accesses neither files nor tensors.
 */
import { failure } from '../errors.js';
import type { Best, TrainState, WatchState } from '../model/state.js';
import { messageOf } from './brief.js';
import { damaged, HINT, isAmount, isCount } from './checks.js';
import type { DataFingerprint, Fingerprint } from './fingerprint.js';
import { checkRules } from './rules.js';
import { isPlain, type Plain } from './run-files.js';
import { checkBest, checkWatch } from './watch-record.js';

/** The whole numbers of a state, and the least that each can be. */
const COUNTS = {
  epoch: 1,
  step: 0,
  steps: 0,
  samples: 0,
  rows: 1,
  batchSize: 1,
  shards: 1,
  microBatch: 1,
} as const;

/** A state without its tensors. */
export interface Position extends Record<keyof typeof COUNTS, number> {
  milliseconds: number;
  learningRate: number;
  best: Omit<Best, 'weights'> | null;
  watch: WatchState;
}

interface CheckpointRecord {
  position: Position;
  /** The run's configuration, as in its config.json. */
  run: Plain;
  data: DataFingerprint;
}

/** The state without its tensors. */
export function positionOf(state: TrainState): Position {
  const names = Object.keys(COUNTS) as (keyof typeof COUNTS)[];
  const counts = Object.fromEntries(names.map(name => [name, state[name]])) as Record<
    keyof typeof COUNTS,
    number
  >;
  const { milliseconds, learningRate, best, watch } = state;
  return { ...counts, milliseconds, learningRate, best: best && withoutWeights(best), watch };
}

function withoutWeights({ weights: _, ...best }: Best): Omit<Best, 'weights'> {
  return best;
}

/**
 * @param where place in the file, for messages
 * @throws failed if a part is missing or malformed, or it was written by other rules
 */
export function readRecord(text: string | undefined, where: string): CheckpointRecord {
  let record: unknown;
  try {
    record = JSON.parse(text ?? 'null');
  } catch (cause) {
    throw failure(`${where}: expected JSON, got ${messageOf(cause)}.`, HINT, cause);
  }
  if (!isPlain(record)) throw damaged(where, 'the position of a training', record);
  const { rules, position, run, data } = record;
  checkRules(rules, where);
  if (!isPlain(run)) throw damaged(`${where}, run`, 'a configuration', run);
  return { position: checkPosition(position, `${where}, position`), run, data: checkData(data, where) };
}

function checkPosition(position: unknown, where: string): Position {
  const record = isPlain(position) ? position : {};
  const counts = Object.entries(COUNTS).map(([name, least]) => {
    const value = record[name];
    if (!isCount(value, least)) throw damaged(`${where}, ${name}`, `a whole number from ${least}`, value);
    return [name, value];
  });
  const amounts = ['milliseconds', 'learningRate'].map(name => {
    const value = record[name];
    if (!isAmount(value)) throw damaged(`${where}, ${name}`, 'a number from 0', value);
    return [name, value];
  });
  const best = checkBest(record.best, `${where}, best`);
  const watch = checkWatch(record.watch, `${where}, watch`);
  return { ...Object.fromEntries([...counts, ...amounts]), best, watch } as Position;
}

function checkData(data: unknown, where: string): DataFingerprint {
  const { training, validation } = isPlain(data) ? data : {};
  if (isFingerprint(training) && (validation === null || isFingerprint(validation))) {
    return { training, validation };
  }
  throw damaged(`${where}, data`, 'the fingerprint of the training and validation rows', data);
}

function isFingerprint(value: unknown): value is Fingerprint {
  if (!isPlain(value)) return false;
  const { rows, features, outputs, sha256 } = value;
  return [rows, features, outputs].every(Number.isSafeInteger) && typeof sha256 === 'string';
}
