/**
 * study.json: everything that a scaling study measured and computed, as plain data that JSON can represent:
 * no NaN or infinity; missing values are null. Times are in seconds, sizes in bytes, rates per second,
 * fractions and speedups plain numbers; presentation chooses the units.
 */
import type { BatchStudy } from './batch-schema.js';
import type { ScalingStudy } from './scaling-schema.js';

/** Contents of study.json. */
export type Study = ScalingStudy | BatchStudy;
