/** The page of a scaling study. Pure: turns the contents of study.json into the complete file. */
import type { BatchStudy } from '../../lab/scale/batch-schema.js';
import type { Curve, ScalingStudy } from '../../lab/scale/scaling-schema.js';
import type { Study } from '../../lab/scale/schema.js';
import { figure, figures } from '../figure.js';
import { type Content, html } from '../html.js';
import { type Progress, renderPage, type Section, unfinishedNote } from '../page.js';
import { drawLines } from '../plots/line-chart.js';
import { drawStack } from '../plots/stack-chart.js';
import { learningRateChart, searchChart, secondsChart, stepsChart } from './batch-charts.js';
import { noiseTable, targetTable } from './batch-tables.js';
import { bibtex, citationText } from './citation.js';
import { commandBlock } from './command-block.js';
import { fullName } from './curve-name.js';
import { factorTable, loadTable } from './factor-tables.js';
import { withoutFolders } from './public-text.js';
import { largestRoofed, rooflineChart, rooflineTables } from './roofline.js';
import {
  efficiencyChart,
  overviewChart,
  phaseChart,
  projectionChart,
  speedupChart,
  throughputChart,
} from './scaling-charts.js';
import {
  fitTable,
  overviewTable,
  phaseTable,
  pointTable,
  predictionTables,
  scalingTable,
} from './scaling-tables.js';
import { setupTables, targetText } from './setup-tables.js';

const TITLES = {
  strong: 'Strong scaling study',
  weak: 'Weak scaling study',
  batch: 'Batch size study',
} as const;

/** Renders the page of a study of any mode. @param progress given if the study is not finished */
export function studyPage(study: Study, progress: Progress | null = null): string {
  const { mode, machine, command } = study;
  return renderPage({
    title: TITLES[mode],
    lead: html`<p class="muted">${leadOf(study)}</p>${progress && unfinishedNote('The study', progress, 'measurements')}`,
    version: machine.lockstep,
    sections: [
      ...(study.mode === 'batch' ? batchSections(study) : scalingSections(study)),
      { heading: 'Machine and configuration', body: setupTables(study) },
      {
        heading: 'Command',
        body: html`${commandBlock(withoutFolders(command))}<p class="muted">Every sample is in ${progress ? 'samples.jsonl' : 'study.json'}, in the study’s folder.</p>`,
      },
      ...(progress ? [] : [{ heading: 'Citation', body: citation(study) }]),
    ],
  });
}

function citation(study: Study): Content {
  return html`<p>${citationText(study)}</p><pre>${bibtex(study)}</pre><p class="muted">Add the authors and where study.json is published. Its checksum is that of the file without the line that has it: <code>grep -v '^ "sha256"' study.json | sha256sum</code></p>`;
}

function leadOf({ mode, machine, configuration }: Study): string {
  const what = {
    strong: 'The same batch on more workers: how much faster is a step?',
    weak: 'A batch proportional to the number of workers: does a step still take the same time?',
    batch: `Steps and seconds to ${configuration.search ? targetText(configuration.search.target) : 'a target'}, by batch size, each at its best learning rate.`,
  }[mode];
  return `${what} ${machine.cpu}, ${machine.usableCores} usable cores.`;
}

function scalingSections(study: ScalingStudy): Section[] {
  return [
    ...(study.curves.length > 1 ? [{ heading: 'Overview', body: overview(study) }] : []),
    ...study.curves.map((curve, i) => ({ heading: fullName(curve), body: curveBody(study, curve, `c${i}`) })),
  ];
}

/** More curves than this in one plot are indistinguishable, so each network gets its own plot. */
const MOST_CURVES = 6;

function overview(study: ScalingStudy): Content {
  const groups = study.curves.length <= MOST_CURVES ? [study.curves] : byNetwork(study.curves);
  const drawn = groups.flatMap((curves, i) => {
    const of = groups.length === 1 ? ' of all' : `, ${curves[0]!.layers.join(',')}`;
    return (['speedup', 'efficiency'] as const).map(quantity => {
      const chart = overviewChart(curves, quantity);
      return figure(
        drawLines({ ...chart, title: chart.title + of }, `all-${quantity}-${i}`),
        `Relative to the best serial run${study.configuration.repeats > 1 ? '; intervals are in the table above' : ''}.`,
      );
    });
  });
  return html`${overviewTable(study)}${figures(drawn)}`;
}

function byNetwork(curves: readonly Curve[]): Curve[][] {
  const networks = [...new Set(curves.map(({ layers }) => layers.join()))];
  return networks.map(network => curves.filter(({ layers }) => layers.join() === network));
}

function curveBody(study: ScalingStudy, curve: Curve, id: string): Content {
  const prediction = projectionChart(study, curve);
  const roofed = largestRoofed(study, curve);
  const repeats = study.configuration.repeats > 1;
  return html`${figures([
    figure(
      drawLines(speedupChart(study, curve), `${id}-speedup`),
      `Relative to the best serial run${repeats ? '; bars are 95 % intervals' : ''}.`,
    ),
    figure(
      drawLines(efficiencyChart(curve), `${id}-efficiency`),
      `Relative to the ideal${repeats ? '; bars are 95 % intervals' : ''}.`,
    ),
    figure(
      drawLines(throughputChart(study, curve), `${id}-throughput`),
      repeats
        ? 'Medians of the repeats; bars are intervals, with their confidence in the table below.'
        : 'One measurement of each.',
    ),
    figure(
      drawStack(phaseChart(study, curve), `${id}-phases`),
      'Averaged over workers; they wait for the slowest one.',
    ),
    ...(roofed === null
      ? []
      : [
          figure(
            drawLines(rooflineChart(curve, roofed), `${id}-roofline`),
            'Lines are measured roofs; symbols are the parts of a step, each at the rate of its whole phase.',
          ),
        ]),
    ...(prediction === null
      ? []
      : [figure(drawLines(prediction, `${id}-prediction`), 'Dashed and hollow: predicted, not measured.')]),
  ])}${scalingTable(curve)}${factorTable(study, curve)}${pointTable(study, curve)}${loadTable(study, curve)}${fitTable(curve)}${phaseTable(study, curve)}${rooflineTables(study, curve)}${predictionTables(curve)}`;
}

function batchSections(study: BatchStudy): Section[] {
  const steps = stepsChart(study);
  const isPerfect = steps.series.some(({ line, data }) => line === 'dotted' && data.length > 0);
  const all = [
    [steps, isPerfect ? 'Dotted: twice the batch, half the steps.' : 'Steps to the target.'],
    [secondsChart(study), 'Time of the steps, without evaluation.'],
    [learningRateChart(study), 'Learning rate of the trial with the fewest steps.'],
  ] as const;
  return [
    {
      heading: 'By batch size',
      body: figures(all.map(([chart, caption], i) => figure(drawLines(chart, `batch-${i}`), caption))),
    },
    ...study.curves.map((curve, i) => {
      const search = searchChart(study, curve);
      const drawn =
        search &&
        figures([
          figure(drawLines(search, `search-${i}`), 'Each symbol is a training that reached the target.'),
        ]);
      return {
        heading: `${fullName(curve)} · ${curve.workers} workers`,
        body: html`${targetTable(curve)}${noiseTable(curve)}${drawn}`,
      };
    }),
  ];
}
