/** The networks that gradcheck looks at, with seeded weights and rows. */
import type { Dataset, Task } from '../data/dataset.js';
import { initialWeights } from '../model/init.js';
import { ACTIVATIONS, type Loss, layersOf, type Network, type OutputActivation } from '../model/network.js';
import { Random } from '../random.js';

export interface GradcheckCase {
  network: Network;
  weights: Float32Array;
  data: Dataset;
}

const ROWS = 7;
const FEATURES = 5;
/** Sizes that no vector length divides: the tails are computed too. */
const HIDDEN = [9, 6, 5];

/** The outputs, and how many, that go with each loss. */
const OUTPUTS: readonly { task: Task; loss: Loss; output: OutputActivation; width: number }[] = [
  ...ACTIVATIONS.map(output => ({ task: 'regression', loss: 'sse', output, width: 3 }) as const),
  { task: 'binary', loss: 'binary-cross-entropy', output: 'sigmoid', width: 1 },
  { task: 'multiclass', loss: 'cross-entropy', output: 'softmax', width: 4 },
];

/** Every hidden activation × output and loss × 0 to 3 hidden layers; without any, one case an output. */
export function gradcheckCases(seed: number): GradcheckCase[] {
  return OUTPUTS.flatMap(({ task, loss, output, width }) =>
    [0, 1, 2, 3].flatMap(depth =>
      (depth === 0 ? ACTIVATIONS.slice(0, 1) : ACTIVATIONS).map(activation => {
        const layers = [FEATURES, ...HIDDEN.slice(0, depth), width];
        const network = { layers, hidden: HIDDEN.slice(0, depth).map(() => activation), output, loss };
        return makeCase(network, task, seed);
      }),
    ),
  );
}

function makeCase(network: Network, task: Task, seed: number): GradcheckCase {
  const random = new Random(seed, 'probe');
  let drawn = 0;
  const normal = () => random.normal(drawn++);
  const uniform = () => random.uniform(drawn++);
  const outputs = network.layers.at(-1)!;
  const weights = drawWeights(network, seed, uniform);
  const x = new Float32Array(new SharedArrayBuffer(4 * ROWS * FEATURES)).map(normal);
  const targets = new SharedArrayBuffer(4 * ROWS * (task === 'regression' ? outputs : 1));
  const classNumber = () => Math.floor(uniform() * Math.max(2, outputs));
  const y =
    task === 'multiclass'
      ? new Int32Array(targets).map(classNumber)
      : new Float32Array(targets).map(task === 'binary' ? classNumber : normal);
  return { network, weights, data: datasetOf(task, x, y, outputs) };
}

/**
 * First weights as for a training, so that no output is saturated: there g′ = 1 − z² has few digits left in
 * float32. Biases are drawn too: at a net input of exactly 0 relu has no derivative.
 */
function drawWeights(network: Network, seed: number, uniform: () => number): Float32Array {
  const weights = initialWeights(network, seed);
  let begin = 0;
  for (const { inputs, outputs } of layersOf(network)) {
    for (let j = begin; j < begin + outputs; j++) weights[j] = uniform() - 0.5;
    begin += (inputs + 1) * outputs;
  }
  return weights;
}

function datasetOf(task: Task, x: Float32Array, y: Dataset['y'], outputs: number): Dataset {
  const names = (count: number) => Array.from({ length: count }, (_, i) => String(i));
  const regression = task === 'regression';
  return {
    ...{ source: 'gradcheck', task, rows: ROWS, features: FEATURES, outputs, x, scale: 1, y },
    encoding: {
      kind: 'table',
      columns: names(FEATURES).map(name => ({ name, kind: 'number', mean: 0, deviation: 1, fill: null })),
      targets: names(regression ? outputs : 1),
      classes: regression ? [] : names(task === 'binary' ? 2 : outputs),
      targetScales: regression ? names(outputs).map(() => ({ mean: 0, deviation: 1 })) : [],
    },
  };
}
