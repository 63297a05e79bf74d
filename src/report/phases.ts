/** Time of a step by phase, as stacked bars. Pure functions. */
import { PHASES } from '../model/plan.js';
import type { StackChart } from './plots/stack-chart.js';

/** One bar: seconds of a step in each phase. */
export interface PhaseBar {
  name: string;
  seconds: readonly number[];
}

/** @param x what the bars are: `epoch →` */
export function phaseStack(bars: readonly PhaseBar[], x: string): StackChart {
  const longest = bars.map(({ name, seconds }) => {
    return `${name}: mostly ${PHASES[seconds.indexOf(Math.max(...seconds))]}`;
  });
  return {
    title: 'Time of a step by phase',
    description: `Milliseconds of a step, averaged over the workers, by ${x.replace(' →', '')}. ${longest.join('; ')}.`,
    x,
    y: '↑ milliseconds',
    parts: PHASES,
    bars: bars.map(({ name, seconds }) => ({ name, values: seconds.map(value => 1000 * value) })),
  };
}
