/** Activations and their derivatives, four values at once; the last vector of a row may be a part. */
import { loadPart, storePart } from './part';
import { exp4, sigmoid4, tanh4 } from './math';

// The host's numbers for them: src/kernels/wasm.ts.
export const IDENTITY: i32 = 0;
export const SIGMOID: i32 = 1;
export const TANH: i32 = 2;
export const RELU: i32 = 3;

function apply(activation: i32, a: v128): v128 {
  if (activation == TANH) return tanh4(a);
  if (activation == SIGMOID) return sigmoid4(a);
  // pmax(a, 0) = a < 0 ? 0 : a lets NaN through, as the formula does.
  if (activation == RELU) return f32x4.pmax(a, f32x4.splat(0));
  return a;
}

/** g′ written in z = g(a). */
export function derivative(activation: i32, z: v128): v128 {
  const one = f32x4.splat(1);
  if (activation == TANH) return f32x4.sub(one, f32x4.mul(z, z));
  if (activation == SIGMOID) return f32x4.mul(z, f32x4.sub(one, z));
  if (activation == RELU) return v128.and(one, f32x4.gt(z, f32x4.splat(0)));
  return one;
}

/** z ← g(z + bias). z: (rows, columns); bias: (columns). */
export function activate(z: usize, bias: usize, rows: usize, columns: usize, activation: i32): void {
  const zero = f32x4.splat(0);
  const whole = columns & ~3;
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < whole; j += 4) {
      v128.store(z, apply(activation, f32x4.add(v128.load(z), v128.load(bias + (j << 2)))));
      z += 16;
    }
    const rest = columns - whole;
    if (rest) {
      const a = f32x4.add(loadPart(z, rest, zero), loadPart(bias + (whole << 2), rest, zero));
      storePart(z, apply(activation, a), rest);
      z += rest << 2;
    }
  }
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
