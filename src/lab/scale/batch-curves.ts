/** Computes steps to the target by batch size from trainings. Pure functions. */
import type { BatchCurve, BatchPoint, BestTrial, NoiseScale, Trial } from './batch-schema.js';
import type { StudyConfiguration } from './study-header.js';

/** A noise scale and the curve that it belongs to. */
export interface NoiseRecord extends NoiseScale {
  curve: string;
}

/** Example: 784,128,10/blas. */
export function batchCurveId({ layers, backend }: Pick<Trial, 'layers' | 'backend'>): string {
  return `${layers}/${backend}`;
}

/** One curve per network and backend, in the configuration's order. */
export function assembleBatchCurves(
  configuration: StudyConfiguration,
  trials: readonly Trial[],
  noise: readonly NoiseRecord[],
): BatchCurve[] {
  const { networks, backends, batchSizes, workers } = configuration;
  return backends.flatMap(backend =>
    networks.map(layers => {
      const id = batchCurveId({ layers, backend });
      const own = trials.filter(trial => batchCurveId(trial) === id);
      const points = batchSizes.map(batchSize =>
        batchPoint(
          batchSize,
          own.filter(trial => trial.batchSize === batchSize),
        ),
      );
      return {
        id,
        layers,
        backend,
        workers: workers[0]!,
        points: withPerfectSteps(points),
        noiseScales: noise.filter(({ curve }) => curve === id).map(({ curve: _, ...scale }) => scale),
      };
    }),
  );
}

/** The best training has the fewest steps; on a tie, the smaller learning rate. */
function batchPoint(batchSize: number, trials: readonly Trial[]): BatchPoint {
  const reached = trials
    .filter(({ outcome }) => outcome === 'reached')
    .sort((a, b) => a.steps - b.steps || a.learningRate - b.learningRate);
  const [best] = reached;
  return {
    batchSize,
    trials: trials.length,
    reached: reached.length,
    diverged: trials.filter(({ outcome }) => outcome === 'diverged').length,
    best: best === undefined ? null : bestOf(best),
    perfectSteps: null,
    edge: best === undefined ? null : edgeOf(best.learningRate, trials),
  };
}

function bestOf({ search, learningRate, steps, epochs, seconds }: Trial): BestTrial {
  return { search, learningRate, steps, epochs, seconds };
}

/**
 * Whether no smaller or no larger learning rate was tried, so that the search may have missed a better one.
 */
function edgeOf(learningRate: number, trials: readonly Trial[]): BatchPoint['edge'] {
  if (trials.every(trial => trial.learningRate >= learningRate)) return 'low';
  return trials.every(trial => trial.learningRate <= learningRate) ? 'high' : null;
}

/**
 * Steps of perfect scaling: inversely proportional to the batch size, starting from the smallest batch size
 * that reached the target.
 */
function withPerfectSteps(points: BatchPoint[]): BatchPoint[] {
  const base = points.find(({ best }) => best !== null);
  return points.map(point => {
    if (base === undefined || point.batchSize < base.batchSize) return point;
    return { ...point, perfectSteps: (base.best!.steps * base.batchSize) / point.batchSize };
  });
}
