// Fits arrays in memory: y = sin x at 500 places.
import { arrayRows, networkFor, train } from 'lockstep';

const x = Float32Array.from({ length: 500 }, (_, i) => i / 80 - 3);
const data = {
  ...{ source: 'sine', task: 'regression', rows: x.length, features: 1, outputs: 1 },
  ...{ x: arrayRows(x, 1), scale: 1, y: x.map(Math.sin) },
  encoding: {
    ...{ kind: 'table', columns: [], targets: ['y'], classes: [] },
    targetScales: [{ mean: 0, deviation: 1 }],
  },
};
const run = train(networkFor([1, 32, 1], 'tanh', data.task), data, null, { epochs: 100, learningRate: 0.01 });
let next = await run.next();
while (!next.done) next = await run.next();
console.log(`RMSE ${next.value.training.rmse.toFixed(4)} after ${next.value.steps} steps`);
