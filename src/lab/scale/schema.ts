/**
 * study.json: all that a scaling study measured, and what was made of it, as plain data that JSON keeps
 * whole: no NaN, no infinity; what isn't there is null. Times are in seconds, sizes in bytes, rates per
 * second, fractions and speedups plain numbers; whoever shows them chooses the units.
 */
import type { BatchStudy } from './batch-schema.js';
import type { ScalingStudy } from './scaling-schema.js';

/** What is in study.json. */
export type Study = ScalingStudy | BatchStudy;
