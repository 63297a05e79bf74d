/** Runs the measurements of a strong or weak study one after the other. */
import { DISTURBED, disturbanceOf } from '../machine/load.js';
import { now } from '../records.js';
import { runFresh } from './fresh-process.js';
import type { StudyLog } from './log.js';
import { idOf, planPoints, planRoofs, planRounds } from './points.js';
import type { StudyReport } from './records.js';
import type { PointSetup, Retaken, Sample } from './scaling-schema.js';
import type { StudyConfiguration } from './study-header.js';
import type { SampleFigures } from './tasks.js';

/** Runs what is missing. Returns whether everything is complete; false if the signal came first. */
export async function* measureScaling(
  log: StudyLog,
  signal: AbortSignal | null,
): AsyncGenerator<StudyReport, boolean> {
  const { configuration, machine } = log;
  const { repeats, seed } = configuration;
  const roofs = planRoofs(configuration);
  const plan = planRounds(planPoints(configuration, machine.usableCores), repeats, seed);
  yield log.start(roofs.length + plan.length);
  for (const setup of roofs.slice(log.roofs.length)) {
    const measured = await runFresh({ kind: 'roofs', configuration, setup }, signal);
    if (measured === null) return false;
    yield log.add({ type: 'roofs', at: now(), roofs: measured.result });
  }
  const taken = new Set(log.samples.map(({ order }) => order));
  for (const { setup, round: repeat, order } of plan) {
    if (taken.has(order)) continue;
    const measured = await takeSample(configuration, setup, signal);
    if (measured === null) return false;
    yield log.add({ type: 'sample', at: now(), sample: { ...measured, point: idOf(setup), repeat, order } });
  }
  return true;
}

/** A measurement with its start and the duration of its process. */
type Timed = SampleFigures & Pick<Sample, 'startedAt' | 'processSeconds'>;

/**
 * Measures, and again while the machine was disturbed, up to as often as configured. Of all, the one that was disturbed least
 * counts, however fast it was. null if the signal came first.
 */
async function takeSample(
  configuration: StudyConfiguration,
  setup: PointSetup,
  signal: AbortSignal | null,
): Promise<Omit<Sample, 'point' | 'repeat' | 'order'> | null> {
  const all: Timed[] = [];
  for (;;) {
    const startedAt = now();
    const measured = await runFresh({ kind: 'sample', configuration, setup }, signal);
    if (measured === null) return null;
    all.push({ ...measured.result, startedAt, processSeconds: measured.seconds });
    if (disturbanceOf(measured.result.load) <= DISTURBED || all.length > configuration.retakes) break;
  }
  const best = leastDisturbed(all);
  return { ...best, retaken: all.filter(one => one !== best).map(retakenOf) };
}

/** The first of the measurements that were disturbed least. */
export function leastDisturbed<T extends Pick<Sample, 'load'>>(all: readonly T[]): T {
  return all.reduce((best, one) => (disturbanceOf(one.load) < disturbanceOf(best.load) ? one : best));
}

function retakenOf({ startedAt, samplesPerSecond, load }: Timed): Retaken {
  return { startedAt, samplesPerSecond, load };
}
