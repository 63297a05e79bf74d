/**
 * A sum of float64 numbers that is rounded once, at the end, so that it does not depend on their order: the same rows give the
 * same figure whether they are read in the order of the file or in that of a cache.
 */

/**
 * Keeps the exact sum as a few numbers that do not overlap (J. R. Shewchuk, "Adaptive Precision Floating-Point Arithmetic",
 * 1997, GROW-EXPANSION), as Python's math.fsum does. For finite numbers whose sum is finite.
 */
export class ExactSum {
  /** In ascending order of magnitude. */
  readonly #parts: number[] = [];

  add(value: number): void {
    const parts = this.#parts;
    let high = value;
    let kept = 0;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!;
      // high + part = sum + error, exactly.
      const sum = high + part;
      const error = Math.abs(high) < Math.abs(part) ? high - (sum - part) : part - (sum - high);
      if (error !== 0) parts[kept++] = error;
      high = sum;
    }
    parts.length = kept;
    parts.push(high);
  }

  /** The sum, rounded to the nearest float64. */
  get value(): number {
    const parts = this.#parts;
    let next = parts.length - 1;
    let high = parts[next] ?? 0;
    let low = 0;
    while (next > 0 && low === 0) {
      next -= 1;
      const part = parts[next]!;
      const sum = high + part;
      low = part - (sum - high);
      high = sum;
    }
    // If `low` is half a unit in the last place, the parts below it decide to which side to round.
    if (next > 0 && low < 0 === parts[next - 1]! < 0) {
      const doubled = high + 2 * low;
      if (2 * low === doubled - high) return doubled;
    }
    return high;
  }
}
