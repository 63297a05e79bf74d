/**
 * brain.js: its NeuralNetwork trains example by example, so a step is one pass over the batch's rows with an
 * update for each. It has no softmax: tanh on every layer and squared error against one-hot rows.
 * trainPattern is called directly, without the checks and copies that train would repeat for each batch.
 */
import { createRequire } from 'node:module';
import brain from 'brain.js';
import {
  Batches,
  CHECK_STEPS,
  check,
  emit,
  randomClasses,
  randomFeatures,
  readArguments,
  timeSteps,
} from './clock.mjs';

/** Smaller than for the others, because it is applied to each row, not to their mean. */
const RATE = 0.0001;
/** Rows of the check; a row of the largest network takes about 50 ms. */
const CHECK_ROWS = 16;
/** Number of rows between checks of the clock. */
const LOOK = 16;

const given = readArguments();
if (given) main(given);
else {
  const { version } = createRequire(import.meta.url)('brain.js/package.json');
  emit('versions', { versions: { 'brain.js': version } });
}

function main(given) {
  const { layers } = given;
  const network = new brain.NeuralNetwork({
    hiddenLayers: layers.slice(1, -1),
    activation: 'tanh',
    learningRate: RATE,
  });
  // Its options only accept momentum above 0.
  network.trainOpts.momentum = 0;
  network.sizes = layers;
  network.initialize();

  const x = randomFeatures(given);
  const classes = randomClasses(given);
  const targets = Array.from({ length: layers.at(-1) }, (_, k) => {
    const target = new Float32Array(layers.at(-1));
    target[k] = 1;
    return target;
  });
  const examples = Array.from(classes, (k, i) => ({
    input: x.subarray(i * layers[0], (i + 1) * layers[0]),
    output: targets[k],
  }));

  const few = examples.slice(0, CHECK_ROWS);
  const pass = () => few.reduce((sum, example) => sum + network.trainPattern(example, true), 0) / few.length;
  const losses = Array.from({ length: CHECK_STEPS + 1 }, pass);
  check(losses[0], losses.at(-1));

  const batches = new Batches(given);
  const step = deadline => {
    const rows = batches.next();
    for (let i = 0; i < rows.length; i++) {
      network.trainPattern(examples[rows[i]], false);
      if (i % LOOK === LOOK - 1 && performance.now() > deadline) return (i + 1) / rows.length;
    }
    return 1;
  };
  timeSteps(step, given);
}
