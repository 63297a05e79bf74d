/** Factors of the efficiency, clocks, and what disturbed the measurements of a curve, as a table. */
import type { Curve, Factors, Point, ScalingStudy } from '../../lab/scale/scaling-schema.js';
import { counted, formatPercent } from '../format.js';
import { type Content, html } from '../html.js';
import { htmlTable } from '../html-table.js';
import { hertzText, placesText } from '../machine.js';
import { measuredPoints } from './scaling-charts.js';
import { hasRanks, teamName } from './scaling-tables.js';

export const FACTOR_HEADS = [
  'workers',
  'load balance',
  'serialisation',
  'transfer',
  'clock',
  'work',
  'efficiency',
  'clock-corrected',
  'clock now',
];

/** One row for each worker count of the curve, as text. */
export function factorRows(study: ScalingStudy, curve: Curve): string[][] {
  return measuredPoints(study, curve).map(({ scaling, point }) => {
    const { loadBalance, serialisation, transfer, clock, work }: Factors = scaling.factors;
    return [
      nameIn(curve, point),
      ...[loadBalance, serialisation, transfer, clock, work].map(factor => factor.toFixed(3)),
      formatPercent(scaling.efficiency.value),
      formatPercent(scaling.clockCorrected),
      hertzText(point.clock.median),
    ];
  });
}

function nameIn(curve: Curve, point: Point): string {
  return hasRanks(curve) ? teamName(point) : String(point.workers);
}

export function factorTable(study: ScalingStudy, curve: Curve): Content {
  return htmlTable({
    caption:
      'The efficiency as a product of five factors, of the medians; clock-corrected: without that of the clock',
    heads: FACTOR_HEADS,
    rows: factorRows(study, curve),
  });
}

/** What else the machine did during each point’s samples, and where the threads of the last one ran. */
export function loadTable(study: ScalingStudy, curve: Curve): Content {
  const points = measuredPoints(study, curve);
  const disturbed = points.reduce((sum, { point }) => sum + point.disturbed, 0);
  const note =
    disturbed === 0
      ? null
      : html`<p class="note">${counted(disturbed, 'sample')} of this curve ${disturbed === 1 ? 'was' : 'were'} disturbed: more than 1 % of the machine’s time was stolen by the hypervisor or used by other processes${study.configuration.retakes > 0 ? ', even when they were taken again' : ''}.</p>`;
  return html`${note}${htmlTable({
    caption:
      'What else the machine did during the samples, and on which processors the busy threads of the last one were seen',
    heads: [
      'workers',
      'samples',
      'taken again',
      'disturbed',
      'stolen at most',
      'others at most',
      'processors',
    ],
    words: true,
    rows: points.map(({ point }) => {
      const samples = study.samples.filter(sample => sample.point === point.id);
      const loads = samples.flatMap(({ load }) => load ?? []);
      const most = (share: (load: (typeof loads)[number]) => number | null) => {
        const known = loads.flatMap(load => share(load) ?? []);
        return known.length === 0 ? '–' : formatPercent(Math.max(...known));
      };
      return [
        nameIn(curve, point),
        String(samples.length),
        String(samples.reduce((sum, { retaken }) => sum + retaken.length, 0)),
        String(point.disturbed),
        most(({ stolen }) => stolen),
        most(({ others }) => others),
        placesText(samples.at(-1)?.places ?? []),
      ];
    }),
  })}`;
}
