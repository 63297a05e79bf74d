/**
 * The networks that the references are compared on: every activation × output and loss × depth 0 to 3,
 * with seeded weights and examples. Biases are drawn too, so that no net input is exactly 0.
 */
import {
  ACTIVATIONS,
  type Activation,
  countParameters,
  type Loss,
  type Network,
  type OutputActivation,
} from '../../src/model/network.js';
import { Random } from '../../src/random.js';

export interface Case {
  name: string;
  network: Network;
  weights: Float64Array;
  x: Float64Array;
  y: Float64Array | Int32Array;
}

const ROWS = 5;
const FEATURES = 3;
const HIDDEN = [5, 4, 3];

/** Every output activation with the losses that go with it. */
const OUTPUTS: [OutputActivation, Loss][] = [
  ...ACTIVATIONS.map((activation): [Activation, Loss] => [activation, 'sse']),
  ['sigmoid', 'binary-cross-entropy'],
  ['softmax', 'cross-entropy'],
];

/** Seeded numbers for any network. */
export function makeCase(network: Network, rows = ROWS): Case {
  const { layers, hidden, output, loss } = network;
  const outputs = layers.at(-1)!;
  const random = new Random(7, 'probe');
  const draw = (length: number, from: number) =>
    Float64Array.from({ length }, (_, i) => random.normal(from + i));
  const targets = (length: number) => Array.from({ length }, (_, i) => random.uniform(20_000 + i));
  return {
    name: `${layers.join('-')} ${hidden[0] ?? 'no hidden layer'}, ${output} + ${loss}`,
    network,
    weights: draw(countParameters(network), 0),
    x: draw(rows * layers[0]!, 10_000),
    y:
      loss === 'cross-entropy'
        ? Int32Array.from(targets(rows), u => Math.floor(u * outputs))
        : Float64Array.from(targets(rows * outputs), u => (loss === 'sse' ? 3 * u - 1 : Math.round(u))),
  };
}

/** The table of cases. Without a hidden layer the hidden activation makes no difference: one case each. */
export const CASES: Case[] = OUTPUTS.flatMap(([output, loss]) =>
  [0, 1, 2, 3].flatMap(depth =>
    (depth === 0 ? ACTIVATIONS.slice(0, 1) : ACTIVATIONS).map(activation =>
      makeCase({
        layers: [FEATURES, ...HIDDEN.slice(0, depth), loss === 'cross-entropy' ? 4 : 2],
        hidden: Array.from({ length: depth }, () => activation),
        output,
        loss,
      }),
    ),
  ),
);
