/** Mean step by phase for each worker count, as stacked bars. */

import type { Curve, ScalingStudy } from '../../lab/scale/scaling-schema.js';
import { PHASES } from '../../model/plan.js';
import type { StackChart } from '../plots/stack-chart.js';
import { pointsById } from './scaling-charts.js';

export function phaseChart(study: ScalingStudy, curve: Curve): StackChart {
  const points = pointsById(study);
  const bars = curve.scaling.flatMap(({ workers, point: id }) => {
    const point = points.get(id);
    if (!point) return [];
    return [{ name: String(workers), values: PHASES.map(phase => 1000 * point.phases[phase]) }];
  });
  const longest = bars.map(({ name, values }) => {
    const at = values.indexOf(Math.max(...values));
    return `${name} workers mostly ${PHASES[at]}`;
  });
  return {
    title: 'Time of a step by phase',
    description: `Milliseconds of the mean step, averaged over workers: ${longest.join(', ')}.`,
    x: 'workers →',
    y: '↑ milliseconds',
    parts: PHASES,
    bars,
  };
}
