/** The page of a search. Pure: turns the contents of tune.json into the complete file. */
import { haveFinished, rank } from '../../lab/tune/ranking.js';
import type { BestTrial, Result, Tuning } from '../../lab/tune/schema.js';
import { figure, figures } from '../figure.js';
import { formatCount, orDash } from '../format.js';
import { type Content, html } from '../html.js';
import { foldedTable, htmlTable } from '../html-table.js';
import { formatMetric } from '../metric.js';
import { type Progress, renderPage, unfinishedNote } from '../page.js';
import { drawLines } from '../plots/line-chart.js';
import { curvesChart, optionChart } from './charts.js';
import {
  bestText,
  byPlace,
  lastOf,
  originOf,
  searchText,
  trialRows,
  valueText,
  whyBestText,
} from './words.js';

/** Renders the page. @param progress given if the search is not finished */
export function tunePage(tuning: Tuning, version: string, progress: Progress | null = null): string {
  const { configuration, command } = tuning;
  const names = configuration.space.map(({ name }) => name);
  return renderPage({
    title: `Search for ${names.join(', ')}`,
    lead: html`<p class="muted">${searchText(tuning)}.</p>${progress && unfinishedNote('The search', progress, 'epochs')}`,
    version,
    sections: [
      progress
        ? { heading: 'The best so far', body: bestSoFar(tuning) }
        : { heading: 'The best', body: bestBody(tuning) },
      { heading: 'From earlier searches', body: warmStartTable(tuning) },
      { heading: 'By option', body: optionFigures(tuning) },
      { heading: 'Learning', body: html`${curveFigure(tuning)}${rungTable(tuning)}` },
      { heading: 'All trials', body: trialTable(tuning) },
      {
        heading: 'Command',
        body: html`<pre>${command}</pre><p class="muted">Every result is in ${progress ? 'trials.jsonl' : 'tune.json'}, in the search’s folder.</p>`,
      },
    ],
  });
}

function bestSoFar({ best, configuration }: Tuning): Content {
  if (best === null) return html`<p class="note">No trial has a value yet.</p>`;
  return html`<p>${bestText(best, configuration.metric)}.</p>${valueTable(best, configuration)}`;
}

function bestBody(tuning: Tuning): Content {
  const { best, configuration, trials } = tuning;
  if (best === null) {
    const why = haveFinished(trials)
      ? `No trial has a value: the validation rows don’t define ${configuration.metric}.`
      : `All ${trials.length} trials diverged.`;
    return html`<p class="note">${why}</p>`;
  }
  return html`<p>${bestText(best, configuration.metric)}: ${whyBestText(tuning)}. Its model is in best/, in the search’s folder.</p>${valueTable(best, configuration)}<pre>${best.command}</pre>`;
}

function valueTable({ values }: BestTrial, { space }: Tuning['configuration']): Content {
  const rows = space.map(({ name }) => [name, valueText(values[name])]);
  return htmlTable({ heads: ['option', 'value'], rows, words: true });
}

/** The trials that repeat those of earlier searches: how they did there and here. */
function warmStartTable({ configuration, trials }: Tuning): Content {
  const { warmStart } = configuration;
  if (warmStart === null) return null;
  const rows = trials.flatMap(({ number, place, results }) => {
    const origin = originOf(warmStart, number);
    if (origin === null) return [];
    const { folder, trial, place: before } = origin;
    return [
      [folder, String(trial), String(before), String(number), results.length === 0 ? '–' : String(place)],
    ];
  });
  if (rows.length === 0) return html`<p class="note">No trial of the earlier searches fits this one.</p>`;
  return htmlTable({ heads: ['search', 'its trial', 'its place', 'trial here', 'place here'], rows });
}

function optionFigures(tuning: Tuning): Content {
  const { configuration, trials } = tuning;
  const diverged = trials.filter(trial => lastOf(trial)?.outcome === 'diverged').length;
  const without =
    diverged === 0 ? '' : ` ${diverged} diverged and ${diverged === 1 ? 'is' : 'are'} not shown.`;
  const caption =
    configuration.rungs.length === 1
      ? 'Each symbol is a trial at its end.'
      : 'Each symbol is a trial at its last epoch; grey ones stopped early.';
  return figures(
    configuration.space.flatMap((dimension, i) => {
      const chart = optionChart(tuning, dimension);
      return chart.series.length === 0 ? [] : [figure(drawLines(chart, `option-${i}`), caption + without)];
    }),
  );
}

function curveFigure(tuning: Tuning): Content {
  const chart = curvesChart(tuning);
  if (chart.series.length === 0) return null;
  return figures([figure(drawLines(chart, 'curves'), 'The best trials by place; all others dotted.')]);
}

function rungTable({ configuration, trials }: Tuning): Content {
  const { rungs, metric } = configuration;
  if (rungs.length === 1) return null;
  const results = trials.flatMap(trial => trial.results);
  const show = (result?: Result) => orDash(result?.value, value => formatMetric(metric, value));
  return htmlTable({
    caption: 'Rungs: the best trials of each continue to the next',
    heads: ['up to epoch', 'trials', 'diverged', `best ${metric}`, 'worst that continued'],
    rows: rungs.map(({ epochs }, rung) => {
      const ranked = rank(results, rung, metric);
      const next = rungs[rung + 1];
      const last = next && ranked[Math.min(next.trials, ranked.length) - 1];
      const all = results.filter(result => result.rung === rung);
      const diverged = all.filter(({ outcome }) => outcome === 'diverged');
      const counts = [epochs, all.length, diverged.length].map(formatCount);
      return [...counts, show(ranked[0]), show(last)];
    }),
  });
}

const MOST_TRIALS_OPEN = 40;

function trialTable(tuning: Tuning): Content {
  const table = trialRows(tuning, byPlace(tuning));
  return foldedTable(table, MOST_TRIALS_OPEN, `${formatCount(tuning.trials.length)} trials`);
}
