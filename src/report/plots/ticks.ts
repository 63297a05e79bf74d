/** Positions and labels of axis ticks. Pure functions. */

/** A short label: 0.05, 12, 1.5k, 400k, 2M. */
export function formatTick(value: number): string {
  const size = Math.abs(value);
  const [unit, sign] =
    size >= 1e9 ? [1e9, 'G'] : size >= 1e6 ? [1e6, 'M'] : size >= 1e4 ? [1e3, 'k'] : [1, ''];
  if (size !== 0 && size < 1e-3) return value.toExponential(0).replace('e-', 'e−');
  return `${Number((value / unit).toPrecision(4))}${sign}`;
}

const MOST_TICKS = 8;

/**
 * Ticks of a logarithmic axis: powers of ten if at least three lie within the range, otherwise 1, 2 and 5
 * times each or finer multiples; for a very narrow range, the ends and their geometric mean.
 */
export function logTicks(low: number, high: number): number[] {
  const decades = within(low, high, [1]);
  if (decades.length >= 3) return everySo(decades);
  for (const multiples of [
    [1, 2, 5],
    [1, 1.5, 2, 3, 4, 5, 6, 8],
  ]) {
    const steps = within(low, high, multiples);
    if (steps.length >= 3) return steps;
  }
  return [low, Math.sqrt(low * high), high].map(value => Number(value.toPrecision(2)));
}

/** Sorts the values, removes duplicates, and keeps as many as there is room for, including the last. */
export function valueTicks(values: readonly number[]): number[] {
  return everySo([...new Set(values)].sort((a, b) => a - b));
}

/** multiples · 10^n within the range. */
function within(low: number, high: number, multiples: readonly number[]): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const multiple of multiples) {
      const tick = Number(`${multiple}e${power}`);
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks;
}

function everySo(ticks: readonly number[]): number[] {
  const step = Math.ceil(ticks.length / MOST_TICKS);
  return ticks.filter((_, i) => (ticks.length - 1 - i) % step === 0);
}
