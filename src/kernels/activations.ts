/**
 * The activations: functions g(a) of a neuron's net input, each with all that is known of it, in double precision. The
 * place of one in the list is its number for the kernels (assembly/activations.ts), so a new one goes to the end.
 */
import { cosPi, exp, expm1, log1p, tanh } from '../elementary.js';

/** What is known of an activation. */
interface ActivationFacts {
  readonly name: string;
  /**
   * What g′ is written in: z = g(a), or a itself if the activation falls and rises, so that z does not tell g′. The net
   * inputs are then kept beside z.
   */
  readonly derivedFrom: 'z' | 'a';
  /** The usual initial weights of its layer (src/model/init.ts): he if it passes about half of its net inputs on. */
  readonly init: 'glorot' | 'he' | 'lecun';
  readonly g: (a: number) => number;
  readonly derivative: (from: number) => number;
}

const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;
const SLOPE = 0.01;

export const sigmoid = (a: number) => 1 / (1 + exp(-a));

/** ln(1 + eᵃ), which doesn't overflow. */
export const softplus = (a: number) => Math.max(a, 0) + log1p(exp(-Math.abs(a)));

/** √(2/π) (a + 0.044715 a³): the argument of gelu's tanh. */
const geluArgument = (a: number) => Math.sqrt(2 / Math.PI) * (a + 0.044715 * (a * a * a));

const LIST = [
  { name: 'identity', derivedFrom: 'z', init: 'glorot', g: a => a, derivative: () => 1 },
  { name: 'sigmoid', derivedFrom: 'z', init: 'glorot', g: sigmoid, derivative: z => z * (1 - z) },
  { name: 'tanh', derivedFrom: 'z', init: 'glorot', g: tanh, derivative: z => 1 - z * z },
  {
    name: 'relu',
    derivedFrom: 'z',
    init: 'he',
    g: a => Math.max(a, 0),
    derivative: z => (z > 0 ? 1 : 0),
  },
  // a > 0 ? a : a / 100.
  {
    name: 'leaky-relu',
    derivedFrom: 'z',
    init: 'he',
    g: a => (a > 0 ? a : SLOPE * a),
    derivative: z => (z > 0 ? 1 : SLOPE),
  },
  // a > 0 ? a : eᵃ − 1 (Clevert, Unterthiner and Hochreiter 2016).
  {
    name: 'elu',
    derivedFrom: 'z',
    init: 'he',
    g: a => (a > 0 ? a : expm1(a)),
    derivative: z => (z > 0 ? 1 : z + 1),
  },
  // λ (a > 0 ? a : α (eᵃ − 1)), λ = 1.0507…, α = 1.6732… (Klambauer et al. 2017).
  {
    name: 'selu',
    derivedFrom: 'z',
    init: 'lecun',
    g: a => SELU_SCALE * (a > 0 ? a : SELU_ALPHA * expm1(a)),
    derivative: z => (z > 0 ? SELU_SCALE : z + SELU_SCALE * SELU_ALPHA),
  },
  // ½ a (1 + tanh(√(2/π) (a + 0.044715 a³))) (Hendrycks and Gimpel 2016; the form in tanh: it and its derivative need no
  // function but eˣ). ½ (1 + tanh u) = σ(2u), without the cancellation.
  {
    name: 'gelu',
    derivedFrom: 'a',
    init: 'he',
    g: a => a * sigmoid(2 * geluArgument(a)),
    derivative: a => {
      const half = sigmoid(2 * geluArgument(a));
      return half + a * half * (1 - half) * 2 * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * a * a);
    },
  },
  // a σ(a) (Elfwing, Uchibe and Doya 2018).
  {
    name: 'silu',
    derivedFrom: 'a',
    init: 'he',
    g: a => a * sigmoid(a),
    derivative: a => sigmoid(a) * (1 + a * (1 - sigmoid(a))),
  },
  // ln(1 + eᵃ).
  { name: 'softplus', derivedFrom: 'z', init: 'he', g: softplus, derivative: z => -expm1(-z) },
  // a / 6 + ½ kept within 0 and 1.
  {
    name: 'hard-sigmoid',
    derivedFrom: 'z',
    init: 'glorot',
    g: a => Math.min(Math.max(a / 6 + 0.5, 0), 1),
    derivative: z => (z > 0 && z < 1 ? 1 / 6 : 0),
  },
  // a kept within −1 and 1.
  {
    name: 'hard-tanh',
    derivedFrom: 'z',
    init: 'glorot',
    g: a => Math.min(Math.max(a, -1), 1),
    derivative: z => (z > -1 && z < 1 ? 1 : 0),
  },
  // a tanh(ln(1 + eᵃ)) (Misra 2020).
  {
    name: 'mish',
    derivedFrom: 'a',
    init: 'he',
    g: a => a * tanh(softplus(a)),
    derivative: a => {
      const t = tanh(softplus(a));
      return t + a * (1 - t * t) * sigmoid(a);
    },
  },
  // cos a, of the waves of numbers (src/model/network.ts).
  {
    name: 'cosine',
    derivedFrom: 'a',
    init: 'glorot',
    g: a => cosPi(a / Math.PI),
    derivative: a => -cosPi(a / Math.PI - 0.5),
  },
] as const satisfies readonly ActivationFacts[];

export type Activation = (typeof LIST)[number]['name'];
export const ACTIVATIONS: readonly Activation[] = LIST.map(({ name }) => name);

/** All that is known of the activation of that number. */
export function activationAt(number: number): ActivationFacts {
  return LIST[number]!;
}

/** The number of an activation, as the kernels take it. */
export function numberOf(activation: Activation): number {
  return ACTIVATIONS.indexOf(activation);
}

/** Whether g′ needs the net inputs, which are then kept beside z. Softmax has none: its delta comes with its loss. */
export function isDerivedFromA(activation: Activation | 'softmax'): boolean {
  return activation !== 'softmax' && activationAt(numberOf(activation)).derivedFrom === 'a';
}

/** The usual initial weights of a layer with that activation. */
export function usualInit(activation: Activation | 'softmax'): ActivationFacts['init'] {
  return activation === 'softmax' ? 'glorot' : activationAt(numberOf(activation)).init;
}
