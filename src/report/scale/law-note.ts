/** Explains fits whose parameters leave the range in which their law is meaningful. Pure functions. */

import type { FittedLaw } from '../../lab/scale/scaling-schema.js';
import type { Estimate } from '../../lab/scale/study-header.js';

/**
 * null if every parameter is meaningful. For the Universal Scalability Law, α or β is fixed at the end of its
 * range instead.
 */
export function lawNote({ law, parameters }: FittedLaw): string | null {
  const { serialFraction, alpha, beta } = parameters;
  if (law !== 'usl') return serialFraction ? serialNote(serialFraction) : null;
  const held = [
    ...(alpha?.standardError === null ? [`contention α fixed at ${alpha.value}`] : []),
    ...(beta?.standardError === null ? [`coherency β fixed at ${beta.value}`] : []),
  ];
  if (held.length === 0) return null;
  return `${held.join(' and ')}: a free fit would leave the range 0 to 1, where the law has no meaning`;
}

function serialNote({ value, low, high }: Estimate): string | null {
  if (value >= 0 && value <= 1) return null;
  const beyond = value < 0 ? high < 0 : low > 1;
  if (!beyond) return `s is outside 0 to 1, but by less than its error`;
  const found =
    value < 0 ? 'p workers are more than p times as fast as one' : 'more workers are slower than one';
  return `s is outside 0 to 1: ${found}; the law doesn’t describe these measurements`;
}
