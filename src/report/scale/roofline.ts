/** The roofline of a curve: a chart and a table of what the parts of a step reach, and the roofs in words. Pure functions. */
import { gflopsAt, ridgeOf } from '../../lab/scale/laws/roofline.js';
import type { Curve, Roofs, Scaling, ScalingStudy, StepPart } from '../../lab/scale/scaling-schema.js';
import { counted, formatFigure, formatPercent } from '../format.js';
import { type Content, html } from '../html.js';
import { htmlTable } from '../html-table.js';
import { hertzText } from '../machine.js';
import type { Chart, Series } from '../plots/chart.js';
import { lookOf, MUTED } from '../plots/palette.js';
import { hasRanks, teamName } from './scaling-tables.js';

/** A team of a curve that has a roofline, and the roofs of one of its processes. */
export interface Roofed {
  scaling: Scaling;
  roofs: Roofs;
}

/** The teams of a curve that have a roofline, from the smallest. */
export function roofedTeams({ roofs }: ScalingStudy, { backend, scaling }: Curve): Roofed[] {
  return scaling.flatMap(one => {
    const own = roofs.find(
      ({ backend: name, workers }) => name === backend && workers === one.workers / one.ranks,
    );
    return own && one.roofline.length > 0 ? { scaling: one, roofs: own } : [];
  });
}

/** The largest team with a core for each worker. */
export function largestRoofed(study: ScalingStudy, curve: Curve): Roofed | null {
  const all = roofedTeams(study, curve);
  return all.filter(({ scaling }) => scaling.excluded === null).at(-1) ?? all.at(-1) ?? null;
}

/** 2 workers: peak 131.2 GFLOP/s at 4.12 GHz, level 2 101.3 GB/s, memory 23.0 GB/s */
export function roofsText({ workers, peakGflops, hertz, bandwidths }: Roofs): string {
  const rates = bandwidths.map(({ level, bytesPerSecond }) => `${level} ${gigabytes(bytesPerSecond)}`);
  const peak = `peak ${peakGflops.toFixed(1)} GFLOP/s at ${hertzText(hertz)}`;
  return `${counted(workers, 'worker')}: ${[peak, ...rates].join(', ')}`;
}

const gigabytes = (bytesPerSecond: number) => `${(bytesPerSecond / 1e9).toFixed(1)} GB/s`;

const KINDS = ['forward', 'gradient', 'delta', 'update'] as const;

/** Roofs as lines, and the parts of a step as points, on two logarithmic axes. */
export function rooflineChart(curve: Curve, { scaling, roofs }: Roofed): Chart {
  const { roofline: parts } = scaling;
  const { peakGflops, bandwidths } = roofs;
  const intensities = [
    ...parts.map(({ intensity }) => intensity),
    ...bandwidths.map(one => ridgeOf(roofs, one)),
  ];
  const [least, most] = [Math.min(...intensities) / 2, Math.max(...intensities) * 2];
  const slopes = bandwidths.map((bandwidth, i): Series => {
    const ridge = ridgeOf(roofs, bandwidth);
    return {
      name: `${bandwidth.level}, ${gigabytes(bandwidth.bytesPerSecond)}`,
      look: lookOf(i + KINDS.length),
      line: (['dotted', 'dashed', 'solid'] as const)[i % 3]!,
      data: [
        { x: least, y: gflopsAt(bandwidth, least) },
        { x: ridge, y: peakGflops },
      ],
    };
  });
  const first = Math.min(...bandwidths.map(one => ridgeOf(roofs, one)), most);
  const flat: Series = {
    name: `peak, ${peakGflops.toFixed(1)} GFLOP/s`,
    look: MUTED,
    line: 'solid',
    data: [
      { x: bandwidths.length === 0 ? least : first, y: peakGflops },
      { x: most, y: peakGflops },
    ],
  };
  const points = KINDS.map(
    (kind, i): Series => ({
      name: kind,
      look: lookOf(i),
      symbols: 'all',
      data: parts
        .filter(({ name, gflops }) => name.startsWith(kind) && gflops > 0)
        .map(part => ({ x: part.intensity, y: part.gflops, note: partText(part) })),
    }),
  );
  return {
    title: `Roofline, ${roofedName(curve, scaling)}`,
    description: `What the products and the update of a step reach, by operations per byte: ${parts.map(partText).join('; ')}. Roofs of ${roofsText(roofs)}.`,
    x: { label: 'operations per byte →', scale: 'log' },
    // Room above the peak.
    y: { label: '↑ GFLOP/s', scale: 'log', include: [2 * peakGflops] },
    series: [...slopes, flat, ...points.filter(({ data }) => data.length > 0)],
  };
}

/** 2 workers; a rank of 4 workers on 2 ranks */
export function roofedName(curve: Curve, scaling: Scaling): string {
  return hasRanks(curve) ? `a rank of ${teamName(scaling)}` : teamName(scaling);
}

function partText({ name, intensity, gflops, attainableGflops, bound }: StepPart): string {
  return `${name}, ${formatFigure(intensity)} operations per byte: ${gflops.toFixed(1)} GFLOP/s in its phase, roof ${attainableGflops.toFixed(1)} (${bound})`;
}

export const ROOFLINE_HEADS = [
  'part',
  'phase',
  'operations/byte',
  'GFLOP/s of phase',
  'roof',
  'bound by',
  'of roof',
];

/** What the rates and shares of the table are. */
export const ROOFLINE_NOTE =
  'Parts of one phase are not timed separately: each has the rate of the whole phase, and no share of its roof. A share above 100 % means that data came from a cache that is faster than the memory of the roof.';

/** A row for each part of the step of a team. */
export function rooflineRows(parts: readonly StepPart[]): string[][] {
  return parts.map(({ name, phase, intensity, gflops, attainableGflops, bound }) => [
    name,
    phase,
    formatFigure(Number(intensity.toPrecision(3))),
    gflops.toFixed(1),
    attainableGflops.toFixed(1),
    bound,
    parts.some(other => other.phase === phase && other.name !== name)
      ? '–'
      : formatPercent(gflops / attainableGflops),
  ]);
}

/** The parts of the step of every team, and the roofs below. */
export function rooflineTables(study: ScalingStudy, curve: Curve): Content {
  const all = roofedTeams(study, curve);
  if (all.length === 0) return null;
  return html`${htmlTable({
    caption:
      'Roofline: what the phases of a step reach, and what the slowest memory and the peak allow for each product and the update; of one rank if there are several',
    heads: ['workers', ...ROOFLINE_HEADS],
    rows: all.flatMap(({ scaling }) =>
      rooflineRows(scaling.roofline).map(row => [
        hasRanks(curve) ? teamName(scaling) : String(scaling.workers),
        ...row,
      ]),
    ),
  })}<p class="muted">${ROOFLINE_NOTE} Roofs of one process: ${uniqueRoofs(all).map(roofsText).join('; ')}.</p>`;
}

function uniqueRoofs(all: readonly Roofed[]): Roofs[] {
  return [...new Set(all.map(({ roofs }) => roofs))];
}
