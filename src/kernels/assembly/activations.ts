/**
 * Activations and their derivatives, over rows of memory; the last vector may be a part. The formula is chosen once a call:
 * a function with a constant activation is put in place of its call, and only its own branch is left of the chain.
 *
 * The formulas themselves, and the numbers of the activations, are written by the build from src/kernels/formulas.
 */
import {
  COSINE,
  derivative,
  ELU,
  exp4,
  g,
  GELU,
  HARD_SIGMOID,
  HARD_TANH,
  LEAKY_RELU,
  MISH,
  RELU,
  SELU,
  SIGMOID,
  SILU,
  SOFTPLUS,
  TANH,
} from './formulas';
import { loadPart, storePart } from './part';

/** a ← a + bias. a: (rows, columns), rows `stride` bytes apart; bias: (columns). */
function addBias(a: usize, bias: usize, rows: usize, columns: usize, stride: usize): void {
  const zero = f32x4.splat(0);
  const whole = (columns & ~3) << 2;
  const rest = columns & 3;
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < whole; j += 16) {
      v128.store(a + j, f32x4.add(v128.load(a + j), v128.load(bias + j)));
    }
    if (rest) {
      storePart(a + whole, f32x4.add(loadPart(a + whole, rest, zero), loadPart(bias + whole, rest, zero)), rest);
    }
    a += stride;
  }
}

/**
 * z ← g(a). Both: (length).
 * Two vectors a turn: the engine makes the constants of the polynomials anew for each turn, not each vector.
 */
@inline
function applyAll(activation: i32, z: usize, a: usize, length: usize): void {
  const end = a + ((length & ~7) << 2);
  for (; a < end; a += 32) {
    const low = g(activation, v128.load(a));
    const high = g(activation, v128.load(a, 16));
    v128.store(z, low);
    v128.store(z, high, 16);
    z += 32;
  }
  for (let rest = length & 7; rest > 0; rest -= min<usize>(rest, 4)) {
    const count = min<usize>(rest, 4);
    const v = g(activation, count == 4 ? v128.load(a) : loadPart(a, count, f32x4.splat(0)));
    if (count == 4) v128.store(z, v);
    else storePart(z, v, count);
    a += 16;
    z += 16;
  }
}

/** z ← g(a) in rows of `length`, or in one of them all if there are no gaps. */
@inline
function applyRows(activation: i32, z: usize, a: usize, rows: usize, length: usize, stride: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    applyAll(activation, z, a, length);
    z += stride;
    a += stride;
  }
}

/** a ← a + bias; z ← g(a), z another place or the same. a, z: (rows, columns), rows `stride` floats apart. */
export function activate(
  z: usize,
  a: usize,
  bias: usize,
  rows: usize,
  columns: usize,
  stride: usize,
  activation: i32,
): void {
  addBias(a, bias, rows, columns, stride << 2);
  const hasGaps = stride != columns;
  const lines = hasGaps ? rows : 1;
  const length = hasGaps ? columns : rows * columns;
  const step = stride << 2;
  if (activation == TANH) applyRows(TANH, z, a, lines, length, step);
  else if (activation == SIGMOID) applyRows(SIGMOID, z, a, lines, length, step);
  else if (activation == RELU) applyRows(RELU, z, a, lines, length, step);
  else if (activation == LEAKY_RELU) applyRows(LEAKY_RELU, z, a, lines, length, step);
  else if (activation == ELU) applyRows(ELU, z, a, lines, length, step);
  else if (activation == SELU) applyRows(SELU, z, a, lines, length, step);
  else if (activation == GELU) applyRows(GELU, z, a, lines, length, step);
  else if (activation == SILU) applyRows(SILU, z, a, lines, length, step);
  else if (activation == SOFTPLUS) applyRows(SOFTPLUS, z, a, lines, length, step);
  else if (activation == HARD_SIGMOID) applyRows(HARD_SIGMOID, z, a, lines, length, step);
  else if (activation == HARD_TANH) applyRows(HARD_TANH, z, a, lines, length, step);
  else if (activation == MISH) applyRows(MISH, z, a, lines, length, step);
  else if (activation == COSINE) applyRows(COSINE, z, a, lines, length, step);
  else if (z != a) {
    for (let i: usize = 0; i < lines; i++) memory.copy(z + i * step, a + i * step, length << 2);
  }
}

/** delta ← delta ⊙ g′. Both: (length). */
@inline
function multiplyAll(activation: i32, delta: usize, from: usize, length: usize): void {
  const zero = f32x4.splat(0);
  const end = delta + ((length & ~3) << 2);
  for (; delta < end; delta += 16) {
    v128.store(delta, f32x4.mul(v128.load(delta), derivative(activation, v128.load(from))));
    from += 16;
  }
  const rest = length & 3;
  if (rest) {
    const slope = derivative(activation, loadPart(from, rest, zero));
    storePart(delta, f32x4.mul(loadPart(delta, rest, zero), slope), rest);
  }
}

/** delta ← delta ⊙ g′ in rows of `length`, or in one of them all if there are no gaps. */
@inline
function multiplyRows(
  activation: i32,
  delta: usize,
  from: usize,
  rows: usize,
  length: usize,
  stride: usize,
): void {
  for (let i: usize = 0; i < rows; i++) {
    multiplyAll(activation, delta, from, length);
    delta += stride;
    from += stride;
  }
}

/** delta ← delta ⊙ g′, from z = g(a) or a: `derivative`. Both: (rows, columns), rows `stride` floats apart. */
export function multiplyByDerivative(
  delta: usize,
  from: usize,
  rows: usize,
  columns: usize,
  stride: usize,
  activation: i32,
): void {
  const hasGaps = stride != columns;
  const lines = hasGaps ? rows : 1;
  const length = hasGaps ? columns : rows * columns;
  const step = stride << 2;
  if (activation == TANH) multiplyRows(TANH, delta, from, lines, length, step);
  else if (activation == SIGMOID) multiplyRows(SIGMOID, delta, from, lines, length, step);
  else if (activation == RELU) multiplyRows(RELU, delta, from, lines, length, step);
  else if (activation == LEAKY_RELU) multiplyRows(LEAKY_RELU, delta, from, lines, length, step);
  else if (activation == ELU) multiplyRows(ELU, delta, from, lines, length, step);
  else if (activation == SELU) multiplyRows(SELU, delta, from, lines, length, step);
  else if (activation == GELU) multiplyRows(GELU, delta, from, lines, length, step);
  else if (activation == SILU) multiplyRows(SILU, delta, from, lines, length, step);
  else if (activation == SOFTPLUS) multiplyRows(SOFTPLUS, delta, from, lines, length, step);
  else if (activation == HARD_SIGMOID) multiplyRows(HARD_SIGMOID, delta, from, lines, length, step);
  else if (activation == HARD_TANH) multiplyRows(HARD_TANH, delta, from, lines, length, step);
  else if (activation == MISH) multiplyRows(MISH, delta, from, lines, length, step);
  else if (activation == COSINE) multiplyRows(COSINE, delta, from, lines, length, step);
}

/** out ← e^x. Both: (length). */
export function exp(out: usize, x: usize, length: usize): void {
  const end = out + ((length & ~3) << 2);
  for (; out < end; out += 16) {
    v128.store(out, exp4(v128.load(x)));
    x += 16;
  }
  const rest = length & 3;
  if (rest) storePart(out, exp4(loadPart(x, rest, f32x4.splat(0))), rest);
}
