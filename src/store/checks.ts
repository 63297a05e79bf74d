/** What readings of a checkpoint's words have in common. */
import { failure, type LockstepError } from '../errors.js';
import { brief } from './brief.js';
import type { Plain } from './run-files.js';

export const HINT = 'Give a checkpoint that lockstep train wrote, or take an earlier one.';

/** @param got the part of the file that is not as expected */
export function damaged(where: string, expected: string, got: unknown): LockstepError {
  return failure(`${where}: expected ${expected}, got ${brief(got)}.`, HINT);
}

export function isRecord(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A finite number from 0. */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/** A whole number from `least`. */
export function isCount(value: unknown, least = 0): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}
