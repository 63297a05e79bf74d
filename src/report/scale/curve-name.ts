/** Short names for what a study varies. Pure functions. */

import type { Statistic } from '../../lab/scale/study-header.js';
import { formatCount } from '../format.js';

/** What of a study's curves is the same in all, and needs no saying. */
export interface Named {
  layers: readonly number[];
  backend: string;
  batchSize?: number;
}

/** 784,128,10 · blas · batch 1,024: of several curves what they don't share; of one, all. */
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

/** A whole curve: all three. */
export function fullName(curve: Named): string {
  return curveName(curve, [curve]);
}

/** The ends of a statistic's interval, where there is one. */
export function intervalOf({ low, high, count }: Statistic): { low?: number; high?: number } {
  return count > 1 ? { low, high } : {};
}
