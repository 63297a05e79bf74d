/**
 * What a checkpoint says in words: the metadata "checkpoint", one JSON text of position, configuration and
 * fingerprint of the data. Reading trusts nothing. Touches no files and no tensors.
 */
import { failure, type LockstepError } from '../errors.js';
import { brief, messageOf } from './brief.js';
import type { DataFingerprint, Fingerprint } from './fingerprint.js';
import type { Plain } from './run-files.js';
import { COUNTS, type SavedState } from './saved-state.js';

/** A state without its tensors. */
export interface Position extends Record<keyof typeof COUNTS, number> {
  milliseconds: number;
  best: { epoch: number; loss: number } | null;
}

export interface CheckpointRecord {
  position: Position;
  /** The run's configuration, as its config.json has it. */
  run: Plain;
  data: DataFingerprint;
}

/** The state's numbers alone. */
export function positionOf(state: SavedState): Position {
  const { epoch, step, steps, samples, rows, batchSize, shards, microBatch, milliseconds } = state;
  const best = state.best && { epoch: state.best.epoch, loss: state.best.loss };
  return { epoch, step, steps, samples, rows, batchSize, shards, microBatch, milliseconds, best };
}

/** @param where the place in the file, for messages. @throws failed where a part is missing or malformed */
export function readRecord(text: string | undefined, where: string): CheckpointRecord {
  let record: unknown;
  try {
    record = JSON.parse(text ?? 'null');
  } catch (cause) {
    throw failure(`${where}: expected JSON, got ${messageOf(cause)}.`, HINT, cause);
  }
  if (!isRecord(record)) throw damaged(where, 'the position of a training', record);
  const { position, run, data } = record;
  if (!isRecord(run)) throw damaged(`${where}, run`, 'a configuration', run);
  return { position: checkPosition(position, `${where}, position`), run, data: checkData(data, where) };
}

function checkPosition(position: unknown, where: string): Position {
  const record = isRecord(position) ? position : {};
  const counts = Object.entries(COUNTS).map(([name, least]) => {
    const value = record[name];
    const counts = Number.isSafeInteger(value) && (value as number) >= least;
    if (!counts) throw damaged(`${where}, ${name}`, `a whole number from ${least}`, value);
    return [name, value];
  });
  const { milliseconds, best } = record;
  if (!isAmount(milliseconds)) throw damaged(`${where}, milliseconds`, 'a number from 0', milliseconds);
  const isBest = isRecord(best) && Number.isSafeInteger(best.epoch) && typeof best.loss === 'number';
  if (best !== null && !isBest) throw damaged(`${where}, best`, 'an epoch and its loss', best);
  return { ...Object.fromEntries(counts), milliseconds, best } as Position;
}

function checkData(data: unknown, where: string): DataFingerprint {
  const { training, validation } = isRecord(data) ? data : {};
  if (isFingerprint(training) && (validation === null || isFingerprint(validation))) {
    return { training, validation };
  }
  throw damaged(`${where}, data`, 'the fingerprint of the training and validation rows', data);
}

function isFingerprint(value: unknown): value is Fingerprint {
  if (!isRecord(value)) return false;
  const { rows, features, outputs, sha256 } = value;
  return [rows, features, outputs].every(Number.isSafeInteger) && typeof sha256 === 'string';
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isRecord(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const HINT = 'Give a checkpoint that lockstep train wrote, or take an earlier one.';

/** @param got the part of the file that is not as expected */
export function damaged(where: string, expected: string, got: unknown): LockstepError {
  return failure(`${where}: expected ${expected}, got ${brief(got)}.`, HINT);
}
