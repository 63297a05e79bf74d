/** Activations and their derivatives, over flat stretches of memory; the last vector may be a part. */
import { exp4, sigmoid4, tanh4 } from './math';
import { loadPart, storePart } from './part';

// The host's numbers for them: src/kernels/wasm.ts.
const IDENTITY: i32 = 0;
const SIGMOID: i32 = 1;
const TANH: i32 = 2;
const RELU: i32 = 3;

/** pmax(a, 0) = a < 0 ? 0 : a lets NaN through, as the formula does. */
@inline
function relu4(a: v128): v128 {
  return f32x4.pmax(a, f32x4.splat(0));
}

/** g′ written in z = g(a). */
@inline
export function derivative(activation: i32, z: v128): v128 {
  const one = f32x4.splat(1);
  if (activation == TANH) return f32x4.sub(one, f32x4.mul(z, z));
  if (activation == SIGMOID) return f32x4.mul(z, f32x4.sub(one, z));
  if (activation == RELU) return v128.and(one, f32x4.gt(z, f32x4.splat(0)));
  return one;
}

/** z ← z + bias, row by row. z: (rows, columns); bias: (columns). */
export function addBias(z: usize, bias: usize, rows: usize, columns: usize): void {
  const zero = f32x4.splat(0);
  const whole = (columns & ~3) << 2;
  const rest = columns & 3;
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < whole; j += 16) {
      v128.store(z + j, f32x4.add(v128.load(z + j), v128.load(bias + j)));
    }
    z += whole;
    if (rest) {
      storePart(z, f32x4.add(loadPart(z, rest, zero), loadPart(bias + whole, rest, zero)), rest);
      z += rest << 2;
    }
  }
}

// Two vectors a turn: the engine makes the constants of the polynomials anew for each turn, not each vector.

function tanhAll(z: usize, length: usize): void {
  const end = z + ((length & ~7) << 2);
  for (; z < end; z += 32) {
    const low = tanh4(v128.load(z));
    const high = tanh4(v128.load(z, 16));
    v128.store(z, low);
    v128.store(z, high, 16);
  }
  for (let rest = length & 7; rest > 0; rest -= min<usize>(rest, 4)) {
    if (rest >= 4) {
      v128.store(z, tanh4(v128.load(z)));
      z += 16;
    } else {
      storePart(z, tanh4(loadPart(z, rest, f32x4.splat(0))), rest);
    }
  }
}

function sigmoidAll(z: usize, length: usize): void {
  const end = z + ((length & ~7) << 2);
  for (; z < end; z += 32) {
    const low = sigmoid4(v128.load(z));
    const high = sigmoid4(v128.load(z, 16));
    v128.store(z, low);
    v128.store(z, high, 16);
  }
  for (let rest = length & 7; rest > 0; rest -= min<usize>(rest, 4)) {
    if (rest >= 4) {
      v128.store(z, sigmoid4(v128.load(z)));
      z += 16;
    } else {
      storePart(z, sigmoid4(loadPart(z, rest, f32x4.splat(0))), rest);
    }
  }
}

function reluAll(z: usize, length: usize): void {
  const end = z + ((length & ~3) << 2);
  for (; z < end; z += 16) v128.store(z, relu4(v128.load(z)));
  const rest = length & 3;
  if (rest) storePart(z, relu4(loadPart(z, rest, f32x4.splat(0))), rest);
}

/** z ← g(z + bias). z: (rows, columns); bias: (columns). */
export function activate(z: usize, bias: usize, rows: usize, columns: usize, activation: i32): void {
  addBias(z, bias, rows, columns);
  if (activation == TANH) tanhAll(z, rows * columns);
  else if (activation == SIGMOID) sigmoidAll(z, rows * columns);
  else if (activation == RELU) reluAll(z, rows * columns);
}

/** delta ← delta ⊙ g′. Both: (length). */
export function multiplyByDerivative(delta: usize, z: usize, length: usize, activation: i32): void {
  if (activation == IDENTITY) return;
  const zero = f32x4.splat(0);
  const end = delta + ((length & ~3) << 2);
  for (; delta < end; delta += 16) {
    v128.store(delta, f32x4.mul(v128.load(delta), derivative(activation, v128.load(z))));
    z += 16;
  }
  const rest = length & 3;
  if (rest) {
    const product = f32x4.mul(loadPart(delta, rest, zero), derivative(activation, loadPart(z, rest, zero)));
    storePart(delta, product, rest);
  }
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
