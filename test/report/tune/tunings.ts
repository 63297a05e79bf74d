/** Invented searches: trials are drawn as usual, and figures come from a formula. */
import { parseSpace } from '../../../src/config/space.js';
import { drawTrials } from '../../../src/lab/tune/draw.js';
import { TuneLog } from '../../../src/lab/tune/log.js';
import { epochsOf, planRungs } from '../../../src/lab/tune/plan.js';
import { candidates } from '../../../src/lab/tune/ranking.js';
import type { Result, Tuning } from '../../../src/lab/tune/schema.js';

const SPACE =
  'lr=0.001..1 log; hidden=32|128|128,64; optimizer=sgd|adam; momentum=0.5..0.99 if optimizer=sgd';
const TRIALS = 27;

/** @param name folder in the commands */
export function madeUpTuning(strategy: 'random' | 'halving', { diverged = 2, name = 'tuned' } = {}): Tuning {
  const space = parseSpace(SPACE);
  const rungs = planRungs({ strategy, trials: TRIALS, epochs: 27, eta: 3, minEpochs: null });
  const trials = drawTrials(space, 4, TRIALS);
  const eta = strategy === 'halving' ? 3 : null;
  const log = new TuneLog(
    {
      ...{ space, strategy, seed: 4, eta, rungs, metric: 'accuracy', subject: {} },
      task: 'classification',
      warmStart: null,
    },
    `lockstep tune digits.csv --out ${name}`,
    [],
  );
  log.start();
  for (const [rung, { trials: size, epochs }] of rungs.entries()) {
    const going = rung === 0 ? trials.map(({ number }) => number) : candidates(log.results, rung, 'accuracy');
    for (const number of going.slice(0, size)) {
      const learningRate = Number(trials[number - 1]!.values.lr);
      const accuracyAt = (epoch: number) =>
        0.98 - 0.4 / (epoch + 1) - 0.05 * Math.log10(learningRate / 0.1) ** 2 - 0.001 * (number % 7);
      const isDiverged = number <= diverged;
      const value = isDiverged ? null : accuracyAt(epochs);
      const count = epochsOf(rungs, rung);
      const result: Result = {
        trial: number,
        rung,
        value,
        loss: value === null ? null : 1 - value,
        ...(isDiverged
          ? { outcome: 'diverged', stopped: null, weightsSha256: null }
          : { outcome: 'finished', stopped: 'epochs', weightsSha256: 'ab'.repeat(32) }),
        epochs,
        steps: 40 * epochs,
        seconds: 0.1 * epochs,
        batchSize: 32,
        learningRate,
        shards: 2,
        parameters: 1000,
        history: isDiverged
          ? []
          : Array.from({ length: count }, (_, i) => {
              const epoch = epochs - count + i + 1;
              return { epoch, value: accuracyAt(epoch), loss: 1 - accuracyAt(epoch) };
            }),
      };
      log.add(result);
    }
  }
  return log.assemble(trials, () => `lockstep train ${name}.csv --lr 0.1`);
}
