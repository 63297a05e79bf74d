/** Time of a step by phase, as stacked bars. Pure functions. */
import { PHASES, RANK_PHASES } from '../model/plan.js';
import type { StackChart } from './plots/stack-chart.js';

/** One bar: seconds of a step in each phase, in their order. */
export interface PhaseBar {
  name: string;
  seconds: readonly number[];
}

/** @param x what the bars are: `epoch →` */
export function phaseStack(bars: readonly PhaseBar[], x: string): StackChart {
  const longest = bars.map(({ name, seconds }) => {
    return `${name}: mostly ${RANK_PHASES[seconds.indexOf(Math.max(...seconds))]}`;
  });
  const parts = RANK_PHASES.filter(
    (_, i) => i < PHASES.length || bars.some(({ seconds }) => (seconds[i] ?? 0) > 0),
  );
  return {
    title: 'Time of a step by phase',
    description: `Milliseconds of a step, averaged over the workers, by ${x.replace(' →', '')}. ${longest.join('; ')}.`,
    x,
    y: '↑ milliseconds',
    parts,
    bars: bars.map(({ name, seconds }) => ({
      name,
      values: seconds.slice(0, parts.length).map(value => 1000 * value),
    })),
  };
}
