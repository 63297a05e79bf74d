/**
 * Standardisation: x ← (x − mean) / deviation. Sums run in the order of the rows, so the same rows give the
 * same bits, whatever reads them.
 */
export interface Scale {
  mean: number;
  deviation: number;
}

export const IDENTITY: Readonly<Scale> = { mean: 0, deviation: 1 };

/**
 * mean = Σ v / n and deviation = √(Σ (v − mean)² / n), 1 where that is 0. Both from sums of d = v − v(first):
 * since v(first) is one of the n values, (v(first) − mean)² ≤ n · deviation², and little is cancelled.
 *
 * @param fill the value of missing cells, where there are any
 */
export function fitScale(values: Float64Array, rows: Uint32Array, fill: number | null): Scale {
  const first = values[rows[0]!]!;
  const origin = Number.isNaN(first) ? fill! : first;
  let sum = 0;
  let squares = 0;
  let missing = 0;
  for (let i = 0; i < rows.length; i++) {
    const d = values[rows[i]!]! - origin;
    if (Number.isNaN(d)) missing++;
    else {
      sum += d;
      squares += d * d;
    }
  }
  if (missing > 0) {
    sum += missing * (fill! - origin);
    squares += missing * (fill! - origin) ** 2;
  }
  const shift = sum / rows.length;
  const variance = squares / rows.length - shift ** 2;
  return { mean: origin + shift, deviation: variance > 0 ? Math.sqrt(variance) : 1 };
}
