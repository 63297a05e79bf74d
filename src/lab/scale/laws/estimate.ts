/** A value with its standard error and its 95 % interval from Student's t distribution. Pure functions. */
import type { Estimate } from '../study-header.js';
import { studentQuantile } from './student.js';

export const CONFIDENCE = 0.95;

/**
 * value ± t(0.95, ν) · standard error. If there is no error (null) or no degree of freedom, both ends equal
 * the value.
 */
export function estimate(value: number, standardError: number | null, degreesOfFreedom: number): Estimate {
  if (standardError === null || degreesOfFreedom < 1) {
    return { value, standardError: null, low: value, high: value };
  }
  const reach = studentQuantile(CONFIDENCE, degreesOfFreedom) * standardError;
  return { value, standardError, low: value - reach, high: value + reach };
}
