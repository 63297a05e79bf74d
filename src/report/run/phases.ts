/** Time of a step by phase: a bar for each epoch of one run, or for each of several runs. Pure functions. */
import { RANK_PHASES } from '../../model/plan.js';
import { type PhaseBar, phaseStack } from '../phases.js';
import type { StackChart } from '../plots/stack-chart.js';
import { pick } from '../plots/thin.js';
import type { EpochRecord, Run } from './record.js';

/** Largest number of bars for one run that are still readable. */
const MOST_BARS = 8;

/** null if no record has phases. */
export function phaseChart(runs: readonly Run[]): StackChart | null {
  const [run] = runs;
  const bars = runs.length === 1 ? pick(epochsOf(run!), MOST_BARS) : runs.flatMap(meanBar);
  return bars.length === 0 ? null : phaseStack(bars, runs.length === 1 ? 'epoch →' : 'run →');
}

interface EpochBar extends PhaseBar {
  steps: number;
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
  const perStep = (seconds - before.seconds) / steps;
  return [{ name: String(epoch), steps, seconds: RANK_PHASES.map(phase => perStep * (phases[phase] ?? 0)) }];
}

/** Average over all steps of the run. */
function meanBar(run: Run): PhaseBar[] {
  const epochs = epochsOf(run);
  if (epochs.length === 0) return [];
  const steps = epochs.reduce((sum, epoch) => sum + epoch.steps, 0);
  const seconds = RANK_PHASES.map((_, i) =>
    epochs.reduce((sum, epoch) => sum + (epoch.seconds[i]! * epoch.steps) / steps, 0),
  );
  return [{ name: run.name, seconds }];
}
