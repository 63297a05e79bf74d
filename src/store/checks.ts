/** Checks shared by the readers of a checkpoint's metadata. */
import { failure, type LockstepError } from '../errors.js';
import { brief } from './brief.js';
import type { Plain } from './run-files.js';

export const HINT = 'Give a checkpoint that lockstep train wrote, or take an earlier one.';

/** @param got the invalid part of the file */
export function damaged(where: string, expected: string, got: unknown): LockstepError {
  return failure(`${where}: expected ${expected}, got ${brief(got)}.`, HINT);
}

export function isRecord(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A finite number of at least 0. */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/** An integer of at least `least`. */
export function isCount(value: unknown, least = 0): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}
