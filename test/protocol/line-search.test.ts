/** The search along a line, on functions that are hard for it: those of Moré and Thuente (1994, section 5), and drawn ones. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Point, searchLine, WOLFE, type Wolfe } from '../../src/protocol/line-search.js';

interface Line {
  value: (t: number) => number;
  slope: (t: number) => number;
}

/** Looks where the search asks, to its end. */
function search({ value, slope }: Line, first: number, wolfe: Wolfe) {
  const at = (t: number): Point => ({ t, E: value(t), slope: slope(t) });
  const start = at(0);
  const searching = searchLine(start, first, wolfe);
  const looks: number[] = [];
  let next = searching.next();
  while (!next.done) {
    looks.push(next.value);
    next = searching.next(at(next.value));
  }
  return { start, looks, point: next.value };
}

function expectWolfe(start: Point, point: Point | null, { c1, c2 }: Wolfe): void {
  expect(point).not.toBeNull();
  expect(point!.E).toBeLessThanOrEqual(start.E + c1 * point!.t * start.slope);
  expect(Math.abs(point!.slope)).toBeLessThanOrEqual(-c2 * start.slope);
}

/** β = 2, 0.004 and the last three's β₁, β₂ as in the paper: 5.1, 5.2, 5.3, and Yanai, Ozawa and Kaneko's 5.4. */
const LINES: Record<string, Line> = {
  'one: −t / (t² + β)': {
    value: t => -t / (t * t + 2),
    slope: t => (t * t - 2) / (t * t + 2) ** 2,
  },
  'two: (t + β)⁵ − 2 (t + β)⁴': {
    value: t => (t + 0.004) ** 5 - 2 * (t + 0.004) ** 4,
    slope: t => 5 * (t + 0.004) ** 4 - 8 * (t + 0.004) ** 3,
  },
  'three: waves on |1 − t|': waves(0.01, 39),
  'four: β₁ = β₂ = 0.001': yanai(0.001, 0.001),
  'five: β₁ = 0.01, β₂ = 0.001': yanai(0.01, 0.001),
  'six: β₁ = 0.001, β₂ = 0.01': yanai(0.001, 0.01),
};

function waves(beta: number, l: number): Line {
  const round = (t: number): [number, number] => {
    if (t <= 1 - beta) return [1 - t, -1];
    if (t >= 1 + beta) return [t - 1, 1];
    return [(t - 1) ** 2 / (2 * beta) + beta / 2, (t - 1) / beta];
  };
  const factor = (2 * (1 - beta)) / (l * Math.PI);
  return {
    value: t => round(t)[0] + factor * Math.sin(((l * Math.PI) / 2) * t),
    slope: t => round(t)[1] + ((factor * l * Math.PI) / 2) * Math.cos(((l * Math.PI) / 2) * t),
  };
}

function yanai(one: number, two: number): Line {
  const gamma = (beta: number) => Math.sqrt(1 + beta * beta) - beta;
  const root = (u: number, beta: number) => Math.sqrt(u * u + beta * beta);
  return {
    value: t => gamma(one) * root(1 - t, two) + gamma(two) * root(t, one),
    slope: t => (gamma(one) * (t - 1)) / root(1 - t, two) + (gamma(two) * t) / root(t, one),
  };
}

/** Their tables: c₁ and c₂ of each function, from near 0 to far beyond the minimum. */
const STRICT: Record<string, Omit<Wolfe, 'rounding'>> = {
  'one: −t / (t² + β)': { c1: 1e-3, c2: 0.1 },
  'two: (t + β)⁵ − 2 (t + β)⁴': { c1: 0.1, c2: 0.1 },
  'three: waves on |1 − t|': { c1: 0.1, c2: 0.1 },
  'four: β₁ = β₂ = 0.001': { c1: 1e-3, c2: 1e-3 },
  'five: β₁ = 0.01, β₂ = 0.001': { c1: 1e-3, c2: 1e-3 },
  'six: β₁ = 0.001, β₂ = 0.01': { c1: 1e-3, c2: 1e-3 },
};

describe.each(Object.entries(LINES))('%s', (name, line) => {
  it.each([1e-3, 1e-1, 1e1, 1e3])('with their constants, from %d', first => {
    const wolfe = { ...STRICT[name]!, rounding: 0 };
    const { start, looks, point } = search(line, first, wolfe);
    expectWolfe(start, point, wolfe);
    expect(looks.length).toBeLessThanOrEqual(20);
  });

  it.each([1e-3, 1e-1, 1, 1e1, 1e3])('with those of L-BFGS, from %d', first => {
    const wolfe = { ...WOLFE, rounding: 0 };
    const { start, point } = search(line, first, wolfe);
    expectWolfe(start, point, wolfe);
  });
});

describe('a search', () => {
  it('fulfils the strong Wolfe conditions on polynomials and waves that are bounded below', () => {
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    const lines = fc.record({
      a: number,
      b: number,
      c: number,
      w: fc.double({ min: 0.1, max: 4, noNaN: true }),
    });
    const scales = fc.record({
      first: fc.double({ min: 1e-3, max: 100, noNaN: true }),
      fall: fc.double({ min: 0.01, max: 5, noNaN: true }),
    });
    fc.assert(
      fc.property(lines, scales, ({ a, b, c, w }, { first, fall }) => {
        const line = {
          value: (t: number) =>
            0.1 * t ** 4 + (b / 3) * t ** 3 + (c / 2) * t ** 2 - (fall + a * w) * t + a * Math.sin(w * t),
          slope: (t: number) => 0.4 * t ** 3 + b * t ** 2 + c * t - fall - a * w + a * w * Math.cos(w * t),
        };
        const wolfe = { ...WOLFE, rounding: 0 };
        const { start, point } = search(line, first, wolfe);
        expectWolfe(start, point, wolfe);
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it('takes the first step where that will do', () => {
    expect(search({ value: t => (t - 1) ** 2, slope: t => 2 * (t - 1) }, 0.9, WOLFE).looks).toEqual([0.9]);
  });

  it('comes back from where E is not finite', () => {
    const line = {
      value: (t: number) => (t < 0.01 ? -t : Number.POSITIVE_INFINITY),
      slope: (t: number) => (t < 0.01 ? -1 : Number.NaN),
    };
    const { point, start } = search(line, 1, WOLFE);
    expect(point!.t).toBeGreaterThan(0.001);
    expect(point!.E).toBeLessThan(start.E);
  });

  it('goes by the slopes where E is too coarse, and no farther than they fall', () => {
    // To seven digits E is 1 everywhere.
    const line = { value: () => 1, slope: (t: number) => 1e-6 * (t - 1) };
    const { point, looks } = search(line, 8, WOLFE);
    expect(point!.t).toBeGreaterThan(0);
    expect(point!.t).toBeLessThan(2);
    expect(looks.length).toBeLessThan(5);
    expect(search(line, 8, { ...WOLFE, rounding: 0 }).point).toBeNull();
  });

  it('finds nothing where E only rises', () => {
    const { point, looks } = search({ value: t => t, slope: t => (t === 0 ? -1 : 1) }, 1, WOLFE);
    expect(point).toBeNull();
    expect(looks).toHaveLength(20);
  });
});
