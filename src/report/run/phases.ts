/** Time of a step by phase: a bar for each epoch of one run, or for each of several runs. Pure functions. */
import { PHASES } from '../../model/plan.js';
import type { StackChart } from '../plots/stack-chart.js';
import { pick } from '../plots/thin.js';
import type { EpochRecord, Run } from './record.js';

/** Largest number of bars for one run that are still readable. */
const MOST_BARS = 8;

/** Milliseconds of a step in each phase, averaged over the workers. */
type Bar = StackChart['bars'][number];

/** null if no record has phases. */
export function phaseChart(runs: readonly Run[]): StackChart | null {
  const [run] = runs;
  const one = runs.length === 1;
  const bars = one
    ? pick(epochsOf(run!), MOST_BARS).map(({ epoch, values }) => ({ name: String(epoch), values }))
    : runs.flatMap(meanBar);
  if (bars.length === 0) return null;
  return {
    title: 'Time of a step by phase',
    description: `Milliseconds of a step. ${bars.map(describe).join('; ')}.`,
    x: one ? 'epoch →' : 'run →',
    y: '↑ milliseconds',
    parts: PHASES,
    bars,
  };
}

function describe({ name, values }: Bar): string {
  const most = values.indexOf(Math.max(...values));
  return `${name}: mostly ${PHASES[most]}`;
}

interface EpochBar {
  epoch: number;
  steps: number;
  values: number[];
}

/** Bars of the epochs whose phases and time are known. Times in records are cumulative. */
function epochsOf({ epochs }: Run): EpochBar[] {
  return epochs.flatMap((record, i) => {
    const before = i === 0 ? { epoch: 0, step: 0, seconds: 0 } : epochs[i - 1]!;
    if (before.epoch !== record.epoch - 1) return [];
    return epochBar(record, before);
  });
}

function epochBar(
  { epoch, step, seconds, phases }: EpochRecord,
  before: Pick<EpochRecord, 'step' | 'seconds'>,
): EpochBar[] {
  const steps = step - before.step;
  if (phases === null || seconds === null || before.seconds === null || steps <= 0) return [];
  const perStep = (1000 * (seconds - before.seconds)) / steps;
  return [{ epoch, steps, values: PHASES.map(phase => perStep * (phases[phase] ?? 0)) }];
}

/** Average over all steps of the run. */
function meanBar(run: Run): Bar[] {
  const epochs = epochsOf(run);
  if (epochs.length === 0) return [];
  const steps = epochs.reduce((sum, epoch) => sum + epoch.steps, 0);
  const values = PHASES.map((_, i) =>
    epochs.reduce((sum, epoch) => sum + (epoch.values[i]! * epoch.steps) / steps, 0),
  );
  return [{ name: run.name, values }];
}
