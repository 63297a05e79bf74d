/** Checks shared by the readers of a checkpoint's metadata. */
import { failure, type LockstepError } from '../errors.js';
import { brief } from './brief.js';

export const HINT = 'Give a checkpoint that lockstep train wrote, or take an earlier one.';

/** @param got the invalid part of the file */
export function damaged(where: string, expected: string, got: unknown): LockstepError {
  return failure(`${where}: expected ${expected}, got ${brief(got)}.`, HINT);
}

/** A finite number of at least 0. */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/** An integer of at least `least`. */
export function isCount(value: unknown, least = 0): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}
