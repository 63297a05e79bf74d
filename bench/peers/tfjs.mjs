/**
 * TensorFlow.js: variables, tf.gather from resident tensors, optimizer.minimize with softmaxCrossEntropy. WAY
 * is its backend, cpu or wasm. The wasm backend has SIMD but only one thread, because the package disables
 * its threads in Node.js.
 */
import tf from '@tensorflow/tfjs';
import wasm from '@tensorflow/tfjs-backend-wasm';
import {
  Batches,
  CHECK_STEPS,
  check,
  emit,
  LEARNING_RATE,
  randomClasses,
  randomFeatures,
  readArguments,
  timeSteps,
} from './clock.mjs';

const given = readArguments();
if (given) await main(given);
else
  emit('versions', { versions: { 'TensorFlow.js': tf.version.tfjs, 'its wasm backend': wasm.version_wasm } });

async function main(given) {
  const { layers, way } = given;
  if (!(await tf.setBackend(way)) || tf.getBackend() !== way) throw new Error(`no backend ${way}`);
  const x = tf.tensor2d(randomFeatures(given), [given.rows, layers[0]]);
  const y = tf.tidy(() => tf.oneHot(tf.tensor1d(randomClasses(given), 'int32'), layers.at(-1)).toFloat());
  const weights = layers.slice(1).map((m, l) => {
    const bound = Math.sqrt(6 / (layers[l] + m));
    return {
      w: tf.variable(tf.randomUniform([layers[l], m], -bound, bound)),
      b: tf.variable(tf.zeros([m])),
    };
  });
  const sgd = tf.train.sgd(LEARNING_RATE);

  /** Net input of the softmax, (rows, classes). */
  const forward = rows =>
    weights.reduce((z, { w, b }, l) => {
      const a = tf.add(tf.matMul(z, w), b);
      return l < weights.length - 1 ? tf.tanh(a) : a;
    }, rows);

  /**
   * One step on the rows with these indices; returns the loss before it, which the caller must dispose of.
   */
  const learn = (numbers, returnCost) =>
    tf.tidy(() => {
      const rows = tf.tensor1d(numbers, 'int32');
      const batch = tf.gather(x, rows);
      const labels = tf.gather(y, rows);
      return sgd.minimize(() => tf.losses.softmaxCrossEntropy(labels, forward(batch)), returnCost);
    });

  const few = Int32Array.from({ length: given.checkRows }, (_, i) => i);
  const losses = [];
  for (let i = 0; i <= CHECK_STEPS; i++) losses.push(learn(few, true).dataSync()[0]);
  check(losses[0], losses.at(-1));

  const batches = new Batches(given);
  // Both backends compute synchronously: when minimize returns, the weights are updated.
  timeSteps(() => void learn(batches.next(), false), given);
}
