/**
 * Activations and their derivatives, over flat stretches of memory; the last vector may be a part. The formula
 * is chosen once a call: a function with a constant activation is put in place of its call, and only its own
 * branch is left of the chain.
 */
import { exp4, expMinusOneBelow, logOnePlus4, sigmoid4, tanh4 } from './math';
import { deriveMish4, mish4 } from './mish';
import { loadPart, storePart } from './part';

// Their places in the host's list: src/kernels/activations.ts.
const IDENTITY: i32 = 0;
const SIGMOID: i32 = 1;
const TANH: i32 = 2;
const RELU: i32 = 3;
const LEAKY_RELU: i32 = 4;
const ELU: i32 = 5;
const SELU: i32 = 6;
const GELU: i32 = 7;
const SILU: i32 = 8;
const SOFTPLUS: i32 = 9;
const HARD_SIGMOID: i32 = 10;
const HARD_TANH: i32 = 11;
const MISH: i32 = 12;

const SLOPE: f32 = 0.01;
const SELU_SCALE: f32 = 1.0507009873554805;
/** λ α. */
const SELU_DEPTH: f32 = 1.7580993408473766;
/** 2 √(2/π): gelu is a σ(2u), as ½ (1 + tanh u) = σ(2u). */
const GELU_SLOPE: f32 = 1.5957691216057308;
const GELU_CUBE: f32 = 0.044715;

/** pmax(a, b) = a < b ? b : a and pmin let NaN through in their first operand, as the formulas do. */
@inline
function clamp4(a: v128, least: f32, most: f32): v128 {
  return f32x4.pmin(f32x4.pmax(a, f32x4.splat(least)), f32x4.splat(most));
}

/** a > 0 ? above : below. */
@inline
function whereAbove(a: v128, above: v128, below: v128): v128 {
  return v128.bitselect(above, below, f32x4.gt(a, f32x4.splat(0)));
}

/** 2u = 2 √(2/π) (a + 0.044715 a³). */
@inline
function geluArgument(a: v128): v128 {
  const square = f32x4.mul(a, a);
  const inner = f32x4.add(f32x4.mul(square, f32x4.splat(GELU_CUBE)), f32x4.splat(1));
  return f32x4.mul(f32x4.mul(a, f32x4.splat(GELU_SLOPE)), inner);
}

/** z = g(a). */
@inline
function g(activation: i32, a: v128): v128 {
  if (activation == TANH) return tanh4(a);
  if (activation == SIGMOID) return sigmoid4(a);
  if (activation == RELU) return f32x4.pmax(a, f32x4.splat(0));
  if (activation == LEAKY_RELU) return whereAbove(a, a, f32x4.mul(a, f32x4.splat(SLOPE)));
  if (activation == ELU) return whereAbove(a, a, expMinusOneBelow(a));
  if (activation == SELU) {
    const above = f32x4.mul(a, f32x4.splat(SELU_SCALE));
    return whereAbove(a, above, f32x4.mul(expMinusOneBelow(a), f32x4.splat(SELU_DEPTH)));
  }
  if (activation == GELU) return f32x4.mul(a, sigmoid4(geluArgument(a)));
  if (activation == SILU) return f32x4.mul(a, sigmoid4(a));
  if (activation == SOFTPLUS) {
    return f32x4.add(f32x4.pmax(a, f32x4.splat(0)), logOnePlus4(exp4(f32x4.neg(f32x4.abs(a)))));
  }
  if (activation == HARD_SIGMOID) {
    return clamp4(f32x4.add(f32x4.div(a, f32x4.splat(6)), f32x4.splat(0.5)), 0, 1);
  }
  if (activation == HARD_TANH) return clamp4(a, -1, 1);
  if (activation == MISH) return mish4(a);
  return a;
}

/** s + a s (1 − s) q for s = σ(p), p a function of a, q = ∂p/∂a: the derivative of a σ(p). */
@inline
function deriveGated(a: v128, s: v128, q: v128): v128 {
  const slope = f32x4.mul(f32x4.mul(s, f32x4.sub(f32x4.splat(1), s)), q);
  return f32x4.add(s, f32x4.mul(a, slope));
}

/** 1 where low < z < high, else 0. */
@inline
function within(z: v128, low: f32, high: f32): v128 {
  const inside = v128.and(f32x4.gt(z, f32x4.splat(low)), f32x4.lt(z, f32x4.splat(high)));
  return v128.and(f32x4.splat(1), inside);
}

/** g′ written in v = z = g(a), for gelu, silu and mish in v = a. */
@inline
export function derivative(activation: i32, v: v128): v128 {
  const one = f32x4.splat(1);
  if (activation == TANH) return f32x4.sub(one, f32x4.mul(v, v));
  if (activation == SIGMOID) return f32x4.mul(v, f32x4.sub(one, v));
  if (activation == RELU) return v128.and(one, f32x4.gt(v, f32x4.splat(0)));
  if (activation == LEAKY_RELU) return whereAbove(v, one, f32x4.splat(SLOPE));
  if (activation == ELU) return whereAbove(v, one, f32x4.add(v, one));
  if (activation == SELU) {
    return whereAbove(v, f32x4.splat(SELU_SCALE), f32x4.add(v, f32x4.splat(SELU_DEPTH)));
  }
  if (activation == GELU) {
    const cube = f32x4.mul(f32x4.mul(v, v), f32x4.splat(3 * GELU_CUBE));
    const slope = f32x4.mul(f32x4.add(cube, one), f32x4.splat(GELU_SLOPE));
    return deriveGated(v, sigmoid4(geluArgument(v)), slope);
  }
  if (activation == SILU) return deriveGated(v, sigmoid4(v), one);
  if (activation == SOFTPLUS) return f32x4.neg(expMinusOneBelow(f32x4.neg(v)));
  if (activation == HARD_SIGMOID) return f32x4.div(within(v, 0, 1), f32x4.splat(6));
  if (activation == HARD_TANH) return within(v, -1, 1);
  if (activation == MISH) return deriveMish4(v);
  return one;
}

/** a ← a + bias, row by row. a: (rows, columns); bias: (columns). */
export function addBias(a: usize, bias: usize, rows: usize, columns: usize): void {
  const zero = f32x4.splat(0);
  const whole = (columns & ~3) << 2;
  const rest = columns & 3;
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < whole; j += 16) {
      v128.store(a + j, f32x4.add(v128.load(a + j), v128.load(bias + j)));
    }
    a += whole;
    if (rest) {
      storePart(a, f32x4.add(loadPart(a, rest, zero), loadPart(bias + whole, rest, zero)), rest);
      a += rest << 2;
    }
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

/** a ← a + bias; z ← g(a), z another place or the same. a, z: (rows, columns); bias: (columns). */
export function activate(
  z: usize,
  a: usize,
  bias: usize,
  rows: usize,
  columns: usize,
  activation: i32,
): void {
  addBias(a, bias, rows, columns);
  const length = rows * columns;
  if (activation == TANH) applyAll(TANH, z, a, length);
  else if (activation == SIGMOID) applyAll(SIGMOID, z, a, length);
  else if (activation == RELU) applyAll(RELU, z, a, length);
  else if (activation == LEAKY_RELU) applyAll(LEAKY_RELU, z, a, length);
  else if (activation == ELU) applyAll(ELU, z, a, length);
  else if (activation == SELU) applyAll(SELU, z, a, length);
  else if (activation == GELU) applyAll(GELU, z, a, length);
  else if (activation == SILU) applyAll(SILU, z, a, length);
  else if (activation == SOFTPLUS) applyAll(SOFTPLUS, z, a, length);
  else if (activation == HARD_SIGMOID) applyAll(HARD_SIGMOID, z, a, length);
  else if (activation == HARD_TANH) applyAll(HARD_TANH, z, a, length);
  else if (activation == MISH) applyAll(MISH, z, a, length);
  else if (z != a) memory.copy(z, a, length << 2);
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

/** delta ← delta ⊙ g′, from z = g(a) or a: `derivative`. Both: (length). */
export function multiplyByDerivative(delta: usize, from: usize, length: usize, activation: i32): void {
  if (activation == TANH) multiplyAll(TANH, delta, from, length);
  else if (activation == SIGMOID) multiplyAll(SIGMOID, delta, from, length);
  else if (activation == RELU) multiplyAll(RELU, delta, from, length);
  else if (activation == LEAKY_RELU) multiplyAll(LEAKY_RELU, delta, from, length);
  else if (activation == ELU) multiplyAll(ELU, delta, from, length);
  else if (activation == SELU) multiplyAll(SELU, delta, from, length);
  else if (activation == GELU) multiplyAll(GELU, delta, from, length);
  else if (activation == SILU) multiplyAll(SILU, delta, from, length);
  else if (activation == SOFTPLUS) multiplyAll(SOFTPLUS, delta, from, length);
  else if (activation == HARD_SIGMOID) multiplyAll(HARD_SIGMOID, delta, from, length);
  else if (activation == HARD_TANH) multiplyAll(HARD_TANH, delta, from, length);
  else if (activation == MISH) multiplyAll(MISH, delta, from, length);
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
