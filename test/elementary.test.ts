/** The elementary functions: against mpmath's values, where they are exact, in order, and the same bits everywhere. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cosPi, exp, expm1, log, log1p, pow, powerOfTwo, tanh } from '../src/elementary.js';
import { mix } from '../src/random.js';

const FUNCTIONS = { log, log1p, exp, expm1, tanh, cosPi, pow };
type Name = keyof typeof FUNCTIONS;
const NAMES = Object.keys(FUNCTIONS) as Name[];
const call = (name: Name, ...given: readonly number[]) =>
  (FUNCTIONS[name] as (...x: number[]) => number)(...given);

/** The arguments and the exact value, rounded, as bits; then what the exact value is more than that, in ulp. */
type Point = [...bits: string[], rest: number];
const POINTS = JSON.parse(readFileSync('test/fixtures/elementary.json', 'utf8')) as Record<Name, Point[]>;

const doubleOf = (bits: string) => Buffer.from(bits, 'hex').readDoubleBE();

/** The distance from a double to its neighbour at the size of `value`. */
function ulpAt(value: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return powerOfTwo(Math.max((view.getUint32(0) >>> 20) & 2047, 53) - 1075);
}

/** x, and the `count` doubles above it; x > 0. */
function upFrom(x: number, count: number): number[] {
  const words = new BigInt64Array(new Float64Array([x]).buffer);
  return Array.from({ length: count + 1 }, (_, i) => {
    return new Float64Array(BigInt64Array.of(words[0]! + BigInt(i)).buffer)[0]!;
  });
}

describe.each(NAMES)('%s', name => {
  it('is within 1 ulp of the exact value', () => {
    expect(POINTS[name]).toHaveLength(64);
    for (const point of POINTS[name]) {
      const numbers = (point.slice(0, -1) as string[]).map(doubleOf);
      const rounded = numbers.pop()!;
      const error = (call(name, ...numbers) - rounded) / ulpAt(rounded) - (point.at(-1) as number);
      expect(Math.abs(error), `${name}(${numbers.join(', ')})`).toBeLessThan(1);
    }
  });
});

const SPECIAL = [0, -0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 5e-324, -5e-324, 1e308, -1e308, 2 ** 53, -(2 ** 53)];
const ALL = [...SPECIAL, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];

describe('special values', () => {
  const isSpecial = (x: number) => !Number.isFinite(x) || Number.isInteger(x);

  it.each([
    ['log', log, Math.log],
    ['log1p', log1p, Math.log1p],
    ['exp', exp, Math.exp],
    ['expm1', expm1, Math.expm1],
    ['tanh', tanh, Math.tanh],
  ] as const)('%s has those of Math', (_, own, host) => {
    for (const x of ALL) if (isSpecial(host(x))) expect(own(x), `of ${x}`).toBe(host(x));
    for (const x of [5e-324, -5e-324]) if (host(0) === 0) expect(own(x), `of ${x}`).toBe(x);
  });

  it('pow has those of Math', () => {
    for (const x of ALL) {
      for (const y of ALL) if (isSpecial(x ** y)) expect(pow(x, y), `${x} to the power of ${y}`).toBe(x ** y);
    }
  });

  it('cosPi is exact at multiples of a half, and even', () => {
    expect([0, 0.5, 1, 1.5, 2, 2.5, 3, 1e15 + 0.5, 2 ** 53 - 1, 2 ** 53, 1e308].map(cosPi)).toEqual(
      [1, 0, -1, 0, 1, 0, -1, 0, -1, 1, 1].map(x => x + 0),
    );
    expect(cosPi(-0.3)).toBe(cosPi(0.3));
    for (const x of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      expect(cosPi(x)).toBeNaN();
  });

  it('exp overflows and vanishes where the exact value does', () => {
    expect(exp(709.782712893384)).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(exp(709.7827128933841)).toBe(Number.POSITIVE_INFINITY);
    expect(exp(-745.1332191019411)).toBe(5e-324);
    expect(exp(-745.1332191019412)).toBe(0);
  });
});

describe('exact values', () => {
  it('powers of two are exact, as literals too', () => {
    for (let n = -1022; n <= 1023; n++) expect(powerOfTwo(n)).toBe(pow(2, n));
    for (let n = 0, power = 1; n <= 1074; n++, power /= 2) expect(pow(2, -n)).toBe(power);
    for (let n = 0, power = 1; n <= 1023; n++, power *= 2) expect(pow(2, n)).toBe(power);
    // Literals as in src, which the linter allows.
    const literals = [
      2 ** -1022,
      2 ** -126,
      2 ** -100,
      2 ** -54,
      2 ** -24,
      2 ** 20,
      2 ** 27,
      2 ** 30,
      2 ** 32,
      2 ** 54,
    ];
    expect(literals).toEqual([-1022, -126, -100, -54, -24, 20, 27, 30, 32, 54].map(powerOfTwo));
    expect([256 ** 2, 1024 ** 3]).toEqual([65_536, 1_073_741_824]);
  });

  it('powers of integers are exact as long as a double holds them', () => {
    for (let base = 3; base <= 40; base++) {
      for (let n = 0, power = 1; power <= Number.MAX_SAFE_INTEGER; n++, power *= base) {
        expect(pow(base, n)).toBe(power);
        expect(pow(-base, n)).toBe(n % 2 === 0 ? power : -power);
      }
    }
  });

  it('the first power is the number, the second its square, the half power its root', () => {
    for (let i = 0; i < 2000; i++) {
      const x = mix(i) / 2 ** 20;
      expect(pow(x, 1)).toBe(x);
      expect(Math.abs(pow(x, 2) - x * x)).toBeLessThanOrEqual(ulpAt(x * x));
      expect(pow(x * x, 0.5)).toBe(Math.sqrt(x * x));
    }
  });
});

describe('order', () => {
  const rises = (values: readonly number[]) => values.every((value, i) => i === 0 || value >= values[i - 1]!);

  it.each([
    ['log', log, [Math.SQRT1_2, 1, Math.SQRT2, 2, 1e300]],
    ['log1p', log1p, [0.41, 0.999, 1, Math.SQRT2 - 1, 1e16]],
    ['exp', exp, [0.34657, 1.03972, 1.73286, 300, 709]],
    ['expm1', expm1, [0.34657, 1.03972, 37.08, 39.99, 300]],
    ['tanh', tanh, [0.17328, 0.51986, 1, 18, 21.99]],
    ['pow of a base', (y: number) => pow(0.1, -y), [0.1505, 0.4515, 1, 100, 300]],
    ['pow of an exponent', (x: number) => pow(x, 0.37), [Math.SQRT1_2, 1, Math.SQRT2, 1e300]],
  ] as const)('%s never falls', (_, f, places) => {
    for (const place of places) expect(rises(upFrom(place, 2000).map(f)), `from ${place}`).toBe(true);
    const sizes = Array.from({ length: 5000 }, (_, i) => (i + 1) / 256);
    expect(rises(sizes.map(f))).toBe(true);
    // Where the formula changes from one power of two to the next.
    const joints = Array.from({ length: 50 }, (_, n) => (n + 0.5) * Math.LN2);
    for (const joint of joints)
      expect(rises(upFrom(joint * (1 - 2 ** -46), 200).map(f)), `at ${joint}`).toBe(true);
  });
});

describe('bits', () => {
  /** Uniform over [0, 1), and over all sizes. */
  const uniform = (i: number) => mix(i) / 2 ** 32;
  const ofAnySize = (i: number) => (1 + uniform(i)) * powerOfTwo((mix(~i) % 2045) - 1022);
  const DRAWN: Record<Name, (i: number) => number[]> = {
    log: i => [i % 2 === 0 ? ofAnySize(i) : uniform(i) * 2],
    log1p: i => [i % 2 === 0 ? ofAnySize(i) : uniform(i) * 2 - 1],
    exp: i => [i % 2 === 0 ? uniform(i) * 1456 - 746 : uniform(i) * 4 - 2],
    expm1: i => [i % 2 === 0 ? uniform(i) * 100 - 50 : uniform(i) * 2 - 1],
    tanh: i => [i % 2 === 0 ? uniform(i) * 46 - 23 : uniform(i) * 2 - 1],
    cosPi: i => [i % 2 === 0 ? uniform(i) * 2 - 1 : uniform(i) * 1e6],
    pow: i => [
      i % 2 === 0 ? uniform(i) : 0.01 + 100 * uniform(i),
      i % 3 === 0 ? mix(~i) % 1000 : uniform(~i) * 50 - 25,
    ],
  };
  const COUNT = 150_000;

  it.each(NAMES)('%s has those that are pinned', name => {
    const results = new DataView(new ArrayBuffer(8 * COUNT));
    for (let i = 0; i < COUNT; i++) results.setFloat64(8 * i, call(name, ...DRAWN[name](i)));
    const hash = createHash('sha256').update(new Uint8Array(results.buffer)).digest('hex');
    expect(hash.slice(0, 32)).toBe(PINNED[name]);
  });
});

/** Of 150,000 results each, a million in all, on Node.js 20, 22 and 24. */
const PINNED: Record<Name, string> = {
  log: 'e518ccc820f45fba08f69f4cb749f3f1',
  log1p: '223357a2652b916978cdb8c7c2fe4373',
  exp: '7f86ef10f9a6adacdfe91db8ed158ef7',
  expm1: '2fa90aa520402b3423ba2e5ebf579957',
  tanh: '02d1b49c84f0bc7f524476dcd0caf6e8',
  cosPi: 'b97a08ddddaac3545963a01e91f3cbac',
  pow: '2d662720dff85bac01a70f1680619599',
};
