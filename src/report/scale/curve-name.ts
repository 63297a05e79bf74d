/** Short names for the curves of a study. Pure functions. */

import type { Statistic } from '../../lab/scale/study-header.js';
import { formatCount } from '../format.js';

/** The properties that can vary between the curves of a study. */
export interface Named {
  layers: readonly number[];
  backend: string;
  batchSize?: number;
}

/**
 * 784,128,10 · blas · batch 1,024: the properties in which the curves differ, or all of them if there is only
 * one curve.
 */
export function curveName(curve: Named, all: readonly Named[]): string {
  const parts: [string, (one: Named) => string][] = [
    [curve.layers.join(','), one => one.layers.join(',')],
    [curve.backend, one => one.backend],
    ...(curve.batchSize === undefined
      ? []
      : [
          [`batch ${formatCount(curve.batchSize)}`, (one: Named) => String(one.batchSize)] as [
            string,
            (one: Named) => string,
          ],
        ]),
  ];
  const telling = parts.filter(([, read]) => new Set(all.map(read)).size > 1);
  return (telling.length === 0 ? parts : telling).map(([text]) => text).join(' · ');
}

/** Name with all properties. */
export function fullName(curve: Named): string {
  return curveName(curve, [curve]);
}

/** Ends of a statistic's interval if it has one. */
export function intervalOf({ low, high, count }: Statistic): { low?: number; high?: number } {
  return count > 1 ? { low, high } : {};
}
