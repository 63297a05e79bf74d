/**
 * Runs the trainings of a batch study one after the other, then measures the noise scales of the best ones.
 */
import { now } from '../records.js';
import { assembleBatchCurves, batchCurveId } from './batch-curves.js';
import { runFresh } from './fresh-process.js';
import type { StudyLog } from './log.js';
import type { StudyReport } from './records.js';
import { planTrials } from './search.js';
import type { StudyConfiguration } from './study-header.js';
import type { NoiseSetup } from './tasks.js';

/** Runs what is missing. Returns whether everything is complete; false if the signal came first. */
export async function* measureBatch(
  log: StudyLog,
  signal: AbortSignal | null,
): AsyncGenerator<StudyReport, boolean> {
  const { configuration } = log;
  const plan = planTrials(configuration);
  yield log.start(countBatch(configuration));
  const taken = new Set(log.trials.map(({ order }) => order));
  for (const { setup, order } of plan) {
    if (taken.has(order)) continue;
    const startedAt = now();
    const measured = await runFresh({ kind: 'trial', configuration, setup }, signal);
    if (measured === null) return false;
    const place = { order, startedAt, processSeconds: measured.seconds };
    yield log.add({ type: 'trial', at: now(), trial: { ...measured.result, ...place } });
  }
  return isReal(configuration) ? yield* measureNoiseScales(log, signal, plan.length) : true;
}

/** Maximum number of measurements: trainings, and two noise scales of the best one of each curve. */
export function countBatch(configuration: StudyConfiguration): number {
  const curves = configuration.networks.length * configuration.backends.length;
  return planTrials(configuration).length + (isReal(configuration) ? 2 * curves : 0);
}

/** No noise scale is measured on synthetic rows. */
function isReal({ data }: StudyConfiguration): boolean {
  return !data!.startsWith('synthetic:');
}

/** Measures early and late in the best training of the smallest batch size that reached the target. */
async function* measureNoiseScales(
  log: StudyLog,
  signal: AbortSignal | null,
  trials: number,
): AsyncGenerator<StudyReport, boolean> {
  const { configuration } = log;
  const setups = noiseSetups(log);
  log.total = trials + setups.length;
  for (const setup of setups) {
    const curve = batchCurveId(setup);
    if (log.noise.some(noise => noise.curve === curve && noise.moment === setup.moment)) continue;
    const measured = await runFresh({ kind: 'noise', configuration, setup }, signal);
    if (measured === null) return false;
    yield log.add({ type: 'noise', at: now(), noise: { ...measured.result, curve } });
  }
  return true;
}

/** Measures after a tenth of the steps, and where the target was reached. */
function noiseSetups({ configuration, trials }: StudyLog): NoiseSetup[] {
  return assembleBatchCurves(configuration, trials, []).flatMap(({ layers, backend, workers, points }) => {
    const point = points.find(({ best }) => best !== null);
    if (point === undefined) return [];
    const { learningRate, steps } = point.best!;
    const training = { layers, backend, workers, learningRate, batchSize: point.batchSize };
    return [
      { ...training, moment: 'early' as const, step: Math.max(1, Math.round(steps / 10)) },
      { ...training, moment: 'late' as const, step: steps },
    ];
  });
}
