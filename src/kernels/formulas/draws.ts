/**
 * Dropout and noise, whose random numbers depend on a key and the place in the batch alone: the word at (row, column) is
 * mix(column ⊕ mix(row ⊕ key)), with the hash of src/random.ts. What is made of it: src/kernels/draws.ts.
 */
import { absolute, log, polynomial } from './math.js';
import type { Operations } from './operations.js';

export function mix<V, M>(o: Operations<V, M>, word: V): V {
  let h = o.xor(word, o.shiftRight(word, 16));
  h = o.multiplyWords(h, o.word(0x7feb352d));
  h = o.xor(h, o.shiftRight(h, 15));
  h = o.multiplyWords(h, o.word(0x846ca68b));
  return o.xor(h, o.shiftRight(h, 16));
}

/** The key of a row; a second one is the mix of it. */
export function rowKey<V, M>(o: Operations<V, M>, row: V, key: V): V {
  return mix(o, o.xor(row, key));
}

/**
 * scale · x where the word is no less than the threshold, else 0. Words are compared as signed numbers: the highest bit of the
 * threshold is given inverted.
 */
export function dropped<V, M>(o: Operations<V, M>, x: V, column: V, keyOfRow: V, threshold: V, scale: V): V {
  const word = o.xor(mix(o, o.xor(column, keyOfRow)), o.word(0x80000000));
  return o.choose(o.isBelowWords(word, threshold), o.constant(0), o.multiply(x, scale));
}

/** The float32 of an unsigned whole number: both halves are exact, so it is rounded once. */
function fromUnsigned<V, M>(o: Operations<V, M>, a: V): V {
  const high = o.multiply(o.fromWhole(o.shiftRight(a, 16)), o.constant(2 ** 16));
  return o.add(high, o.fromWhole(o.and(a, o.word(0xffff))));
}

// Of y¹¹, y⁹, …, y: the series of sin πy, whose next term is 6e-8 at y = ½.
const SINE = [
  -0.00737043094571435,
  0.08214588661112823,
  -0.5992645293207921,
  2.5501640398773455,
  -5.16771278004997,
  Math.PI,
];

/** cos πv for v from −1 to 1, as sin πy with y = ½ − |v|. */
function cosine<V, M>(o: Operations<V, M>, v: V): V {
  const y = o.subtract(o.constant(0.5), absolute(o, v));
  return o.multiply(polynomial(o, o.multiply(y, y), SINE), y);
}

/** x + deviation · n, n standard normal. */
export function noisy<V, M>(
  o: Operations<V, M>,
  x: V,
  column: V,
  keyOfRow: V,
  secondKey: V,
  deviation: V,
): V {
  const word = o.or(mix(o, o.xor(column, keyOfRow)), o.word(1));
  const u = o.multiply(fromUnsigned(o, word), o.constant(2 ** -32));
  const v = o.multiply(o.fromWhole(mix(o, o.xor(column, secondKey))), o.constant(2 ** -31));
  const radius = o.squareRoot(o.multiply(o.constant(-2), log(o, u)));
  return o.add(x, o.multiply(o.multiply(radius, cosine(o, v)), deviation));
}
