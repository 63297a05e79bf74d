// Stops a training after 40 steps, resumes it, and gets the same bits as a training that was never stopped.
import { hashWeights, loadData, networkFor, train } from 'lockstep';

async function finish(run) {
  for (;;) {
    const { value, done } = await run.next();
    if (done) return value;
  }
}

const { train: data } = await loadData('synthetic:1000x10x3');
const network = networkFor([data.features, 32, data.outputs], 'relu', data.task);
const options = { epochs: 5, shards: 2 };
const whole = await finish(train(network, data, null, options));
const { state } = await finish(train(network, data, null, { ...options, steps: 40 }));
const resumed = await finish(train(network, data, null, { ...options, resume: state }));
const same = hashWeights(network, resumed.weights) === hashWeights(network, whole.weights);
console.log(
  `stopped after step ${state.steps}, resumed to step ${resumed.steps}: ${same ? 'the same bits' : 'other bits'}`,
);
