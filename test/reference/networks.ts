/**
 * Networks on which the references are compared: every activation × usual output and loss × depth 0 to 3,
 * every other output of squared error at depths 0 and 1, and the other errors of differences, with seeded
 * weights and examples. Biases are drawn too, so that no net input is exactly 0.
 */
import {
  ACTIVATIONS,
  type Activation,
  countParameters,
  isOfDifferences,
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

/** The usual outputs with their losses, and the others that squared error supports. */
const USUAL: [OutputActivation, Loss][] = [
  ['identity', 'sse'],
  ['sigmoid', 'binary-cross-entropy'],
  ['softmax', 'cross-entropy'],
];
const OTHERS = ACTIVATIONS.filter(name => name !== 'identity').map((name): [Activation, Loss] => [
  name,
  'sse',
]);

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
        : Float64Array.from(targets(rows * outputs), u =>
            isOfDifferences(loss) ? 3 * u - 1 : Math.round(u),
          ),
  };
}

/** Without hidden layers, the hidden activation makes no difference, so there is one case each. */
function caseOf([output, loss]: [OutputActivation, Loss], hidden: Activation[]): Case {
  const layers = [FEATURES, ...HIDDEN.slice(0, hidden.length), loss === 'cross-entropy' ? 4 : 2];
  return makeCase({ layers, hidden, output, loss });
}

/** Placed above layers whose g′ is computed from z, from a, and is 1. */
const ROBUST = (['identity', 'tanh', 'gelu'] as const).flatMap(output =>
  (
    [{ loss: 'huber', huberDelta: 0.8 }, { loss: 'absolute' }, { loss: 'quantile', quantile: 0.8 }] as const
  ).map(loss => makeCase({ layers: [FEATURES, 5, 2], hidden: ['tanh'], output, ...loss })),
);

/** The table of cases. */
export const CASES: Case[] = [
  ...[...USUAL, ...OTHERS].map(output => caseOf(output, [])),
  ...OTHERS.map(output => caseOf(output, ['tanh'])),
  ...USUAL.flatMap(output =>
    [1, 2, 3].flatMap(depth =>
      ACTIVATIONS.map(activation => caseOf(output, Array<Activation>(depth).fill(activation))),
    ),
  ),
  ...ROBUST,
];
