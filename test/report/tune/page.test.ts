import { describe, expect, it } from 'vitest';
import { tuneCsv } from '../../../src/lab/tune/csv.js';
import { curvesChart, optionChart } from '../../../src/report/tune/charts.js';
import { tunePage } from '../../../src/report/tune/page.js';
import { tuneText } from '../../../src/report/tune/text.js';
import { madeUpTuning } from './tunings.js';

const titlesIn = (page: string) =>
  [...page.matchAll(/<title id="[\w-]+">([^<]+)<\/title>/g)].map(([, title]) => title);

describe('a search by halving', () => {
  const tuning = madeUpTuning('halving');

  it('shows a plot for each option, the curves, rungs, trials and both commands', () => {
    const page = tunePage(tuning, '0.1.0');
    expect(titlesIn(page)).toEqual([
      'Accuracy against lr',
      'Accuracy against hidden',
      'Accuracy against optimizer',
      'Accuracy against momentum',
      'Validation accuracy by epoch',
    ]);
    expect(page).toContain(`<pre>${tuning.best!.command}</pre>`);
    expect(page).toContain('Rungs: the best trials of each');
    expect(page).toContain('27 trials for 1 epoch, 9 for 3, 3 for 9, 1 for 27');
    expect(page).toContain('2 diverged and are not shown.');
  });

  it('draws every trial once for each option, with stopped trials apart and the best on top', () => {
    const [lr, , , momentum] = tuning.configuration.space;
    const { series, x } = optionChart(tuning, lr!);
    expect(x).toMatchObject({ scale: 'log', include: [0.001, 1] });
    expect(series.map(({ name }) => name)).toEqual([
      'stopped after epoch 1',
      'stopped after epoch 3',
      'stopped after epoch 9',
      'to the end',
      'best',
    ]);
    const drawn = series.slice(0, -1).reduce((sum, { data }) => sum + data.length, 0);
    expect(drawn).toBe(25);
    const withMomentum = tuning.trials.filter(
      ({ values, results }) => 'momentum' in values && results.at(-1)!.value !== null,
    );
    const some = optionChart(tuning, momentum!).series.filter(({ name }) => name !== 'best');
    expect(some.reduce((sum, { data }) => sum + data.length, 0)).toBe(withMomentum.length);
  });

  it('names the best curves and mutes the others', () => {
    const { series } = curvesChart(tuning);
    expect(series.at(-1)!.name).toBe(`trial ${tuning.best!.number} (best)`);
    expect(series.at(-1)!.data.map(({ x }) => x)).toEqual(Array.from({ length: 27 }, (_, i) => i + 1));
    expect(new Set(series.map(({ name }) => name)).size).toBe(6);
  });
});

it('shows no rungs for a random search, and one kind of symbol besides the best', () => {
  const tuning = madeUpTuning('random');
  expect(tunePage(tuning, '0.1.0')).not.toContain('Rungs:');
  const { series } = optionChart(tuning, tuning.configuration.space[0]!);
  expect(series.map(({ name }) => name)).toEqual(['trials', 'best']);
});

it('says so if all trials diverged', () => {
  const tuning = madeUpTuning('random', { diverged: 27 });
  expect(tunePage(tuning, '0.1.0')).toContain('All 27 trials diverged.');
  expect(tuneText(tuning)).toContain('diverged');
});

it('shows options as they are typed', () => {
  const tuning = madeUpTuning('halving');
  expect(tuneText(tuning)).toMatch(
    /^place +trial +lr +hidden +optimizer +momentum +epochs +accuracy +loss +time$/m,
  );
  expect(tuneText(tuning)).toContain('and 17 more: tune.csv');
  const lines = tuneCsv(tuning).trim().split('\n');
  expect(lines).toHaveLength(1 + 27 + 9 + 3 + 1);
  expect(lines.join('\n')).toContain('"128,64"');
});

it('escapes everything that comes from names', () => {
  const name = `"><script>alert('x')</script><img src=x onerror=alert(1)>`;
  const page = tunePage(madeUpTuning('halving', { name }), '0.1.0');
  expect(page).not.toMatch(/<script|<img/);
  expect(page).toContain('&lt;script&gt;');
});
