/** Short names for the curves of a study. Pure functions. */
import { counted, formatCount } from '../format.js';

/** The properties that can vary between the curves of a study. */
export interface Named {
  layers: readonly number[];
  backend: string;
  batchSize?: number;
  workersPerRank?: number | null;
}

/**
 * 784,128,10 · blas · batch 1,024: the properties in which the curves differ, or all of them if there is only
 * one curve.
 */
export function curveName(curve: Named, all: readonly Named[]): string {
  const parts = partsOf(curve);
  const telling = parts.filter((_, i) => new Set(all.map(one => partsOf(one)[i])).size > 1);
  return (telling.length === 0 ? parts : telling).join(' · ');
}

function partsOf({ layers, backend, batchSize, workersPerRank = null }: Named): string[] {
  return [
    ...[layers.join(','), backend],
    ...(batchSize === undefined ? [] : [`batch ${formatCount(batchSize)}`]),
    ...(workersPerRank === null ? [] : [`ranks of ${counted(workersPerRank, 'worker')}`]),
  ];
}

/** Name with all properties. */
export function fullName(curve: Named): string {
  return curveName(curve, [curve]);
}
