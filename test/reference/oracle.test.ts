/** Compares the per-example MLP with PyTorch, on the file written by scripts/oracles/oracle.py. */
import { describe, expect, it } from 'vitest';
import { ACTIVATIONS, LOSSES } from '../../src/model/network.js';
import { descend, forward, gradient, predict } from '../../src/reference/mlp.js';
import { expectAllClose } from '../close.js';
import { loadOracle, nameRun } from '../oracle.js';
import { ORACLE_FILE } from '../tolerances.js';

const runs = loadOracle().map(run => ({ name: nameRun(run), ...run }));

describe.each(runs)('PyTorch agrees on $name', run => {
  const { network, weights, x, y } = run;

  it('about the outputs of every layer', () => {
    const features = network.layers[0]!;
    run.activations.forEach((expected, i) => {
      const z = Array.from({ length: run.rows }, (_, n) => {
        const row = x.slice(n * features, (n + 1) * features);
        return [...forward(network, weights, row).z[i + 1]!];
      });
      expectAllClose(z.flat(), expected, ORACLE_FILE, `z(${i + 1})`);
    });
    expectAllClose(predict(network, weights, x), run.activations.at(-1)!, ORACLE_FILE, 'ŷ');
  });

  it('about every gradient', () => {
    const { loss, gradE } = gradient(network, weights, x, y, run);
    expectAllClose([loss], [run.losses[0]!], ORACLE_FILE, 'E');
    expectAllClose(gradE, run.gradE, ORACLE_FILE, 'gradE');
  });

  it('about twenty losses and the weights after them', () => {
    const result = descend(network, weights, x, y, { ...run, steps: 20 });
    expectAllClose(result.losses, run.losses, ORACLE_FILE, 'losses');
    expectAllClose(result.weights, run.finalWeights, ORACLE_FILE, 'weights');
  });
});

it('covers at least a dozen networks: depths 0 to 3, all activations, losses and reductions', () => {
  expect(runs.length).toBeGreaterThanOrEqual(12);
  const kinds = (of: (run: (typeof runs)[number]) => unknown[]) => new Set(runs.flatMap(of)).size;
  expect(kinds(run => [run.network.hidden.length])).toBe(4);
  expect(kinds(run => [...run.network.hidden])).toBe(ACTIVATIONS.length);
  expect(kinds(run => [run.network.loss])).toBe(LOSSES.length);
  expect(kinds(run => [run.reduction])).toBe(2);
});
