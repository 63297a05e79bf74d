/** Runs the measurements of a strong or weak study one after the other. */
import { now } from '../records.js';
import { runFresh } from './fresh-process.js';
import type { StudyLog } from './log.js';
import { idOf, planPoints, planRounds } from './points.js';
import type { StudyReport } from './records.js';

/** Runs what is missing. Returns whether everything is complete; false if the signal came first. */
export async function* measureScaling(
  log: StudyLog,
  signal: AbortSignal | null,
): AsyncGenerator<StudyReport, boolean> {
  const { configuration, machine } = log;
  const { repeats, seed } = configuration;
  const plan = planRounds(planPoints(configuration, machine.usableCores), repeats, seed);
  yield log.start(plan.length);
  const taken = new Set(log.samples.map(({ order }) => order));
  for (const { setup, round: repeat, order } of plan) {
    if (taken.has(order)) continue;
    const startedAt = now();
    const measured = await runFresh({ kind: 'sample', configuration, setup }, signal);
    if (measured === null) return false;
    const place = { point: idOf(setup), repeat, order, startedAt, processSeconds: measured.seconds };
    yield log.add({ type: 'sample', at: now(), sample: { ...measured.result, ...place } });
  }
  return true;
}
