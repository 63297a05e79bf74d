/** The page of a search. Pure: from what tune.json holds to the whole file. */
import { rank } from '../../tune/ranking.js';
import type { Tuning } from '../../tune/schema.js';
import { figure, figures } from '../figure.js';
import { formatCount } from '../format.js';
import { type Content, html } from '../html.js';
import { htmlTable } from '../html-table.js';
import { formatMetric } from '../metric.js';
import { renderPage } from '../page.js';
import { drawLines } from '../plots/line-chart.js';
import { curvesChart, optionChart } from './charts.js';
import { bestText, byPlace, lastOf, searchText, trialRows, valueText } from './words.js';

/** The whole file. */
export function tunePage(tuning: Tuning, version: string): string {
  const { configuration, command } = tuning;
  const names = configuration.space.map(({ name }) => name);
  return renderPage({
    title: `Search for ${names.join(', ')}`,
    lead: html`<p class="muted">${searchText(tuning)}.</p>`,
    version,
    sections: [
      { heading: 'The best', body: bestBody(tuning) },
      { heading: 'By option', body: optionFigures(tuning) },
      { heading: 'Learning', body: html`${curveFigure(tuning)}${rungTable(tuning)}` },
      { heading: 'All trials', body: trialTable(tuning) },
      {
        heading: 'To repeat the search',
        body: html`<pre>${command}</pre><p class="muted">Every result is in tune.json, beside this page.</p>`,
      },
    ],
  });
}

function bestBody({ best, configuration, trials }: Tuning): Content {
  if (best === null) return html`<p class="note">All ${trials.length} trials diverged.</p>`;
  const rows = configuration.space.map(({ name }) => [name, valueText(best.values[name])]);
  return html`<p>${bestText(best, configuration.metric)}. Its model is in best/, beside this page.</p>${htmlTable(
    {
      heads: ['option', 'value'],
      rows,
      words: true,
    },
  )}<pre>${best.command}</pre>`;
}

function optionFigures(tuning: Tuning): Content {
  const { configuration, trials } = tuning;
  const diverged = trials.filter(trial => lastOf(trial)?.value === null).length;
  const without = diverged === 0 ? '' : ` Without ${diverged} that diverged.`;
  const caption =
    configuration.rungs.length === 1
      ? 'Each symbol is a trial, at its end.'
      : 'Each symbol is a trial, where it came to last; grey: after fewer epochs.';
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
  const show = (value: number | null | undefined) => (value == null ? '–' : formatMetric(metric, value));
  return htmlTable({
    caption: 'The rungs: the best of each went on to the next, from where they were',
    heads: ['up to epoch', 'trials', 'diverged', `best ${metric}`, 'the last that went on'],
    rows: rungs.map(({ epochs }, rung) => {
      const ranked = rank(results, rung, metric);
      const next = rungs[rung + 1];
      const last = next && ranked[Math.min(next.trials, ranked.length) - 1];
      const all = results.filter(result => result.rung === rung).length;
      const counts = [epochs, all, all - ranked.length].map(formatCount);
      return [...counts, show(ranked[0]?.value), show(last?.value)];
    }),
  });
}

const MOST_TRIALS_OPEN = 40;

function trialTable(tuning: Tuning): Content {
  const table = htmlTable(trialRows(tuning, byPlace(tuning)));
  const { length } = tuning.trials;
  if (length <= MOST_TRIALS_OPEN) return table;
  return html`<details><summary>${formatCount(length)} trials</summary>${table}</details>`;
}
