import { describe, expect, it } from 'vitest';
import { studyPage } from '../../../src/report/scale/page.js';
import { projectionChart, speedupChart, throughputChart } from '../../../src/report/scale/scaling-charts.js';
import { batchStudy, scalingStudy } from './studies.js';

const titlesIn = (page: string) =>
  [...page.matchAll(/<title id="[\w-]+">([^<]+)<\/title>/g)].map(([, title]) => title);

describe('a strong study', () => {
  const study = scalingStudy({ project: [2, 16, 64] });
  const [curve] = study.curves;

  it('shows plots, tables with reasons for missing fits, machine and command', () => {
    const page = studyPage(study);
    expect(titlesIn(page)).toEqual([
      'Speedup',
      'Efficiency',
      'Throughput',
      'Time of a step by phase',
      'Roofline, 8 workers',
      'Prediction',
    ]);
    expect(page).toContain('<em>not fitted:</em> expected at least 4 worker counts within 2 cores, got 2.');
    expect(page).toContain('α = 0.04 [0.0388, 0.0412]');
    expect(page).toContain('<li>12 workers on 8 cores</li>');
    expect(page).toContain('Made-up 8-core processor');
    expect(page).toContain('<pre>lockstep scale <span class="word">--mode</span> strong');
    expect(page).toContain('−3.00 %'.replace('−', '-'));
    // The factors of eight workers, one row of them, and what the machine did.
    expect(page).toMatch(
      /<th scope="row">8<\/th><td>0.980<\/td><td>0.918<\/td><td>1.000<\/td><td>0.930<\/td>/,
    );
    expect(page).toMatch(/<th scope="row">8<\/th><td>update<\/td><td>update<\/td><td>[\d.]+<\/td>.*memory/);
    expect(page).toContain('were disturbed: more than 1 %');
    expect(page).toContain('16 of 1.0 MiB, of one hardware thread each');
    expect(page).toContain('@misc{lockstep-strong-0123456789ab,');
  });

  it('draws fitted laws up to the last measurement, those of throughput in units of speedup', () => {
    const { series } = speedupChart(study, curve!);
    const [ideal, amdahl, usl, measured] = series;
    expect([ideal!.name, measured!.name]).toEqual(['ideal', 'measured']);
    expect(amdahl!.data.at(-1)!.x).toBeLessThanOrEqual(12);
    expect(usl!.data[0]!.y).toBeCloseTo(1, 12);
    const throughput = throughputChart(study, curve!).series[0]!;
    const rate = study.points[0]!.samplesPerSecond.median;
    expect(usl!.data.map(({ y }) => y * rate)).toEqual(throughput.data.map(({ y }) => expect.closeTo(y, 5)));
  });

  it('marks points that are left out of fits, and says why', () => {
    const { series, hollow } = speedupChart(study, curve!);
    expect(
      series
        .at(-1)!
        .data.filter(datum => datum.hollow)
        .map(({ x }) => x),
    ).toEqual([12]);
    expect(hollow).toBe('left out of fits: 12 workers on 8 cores');
  });

  it('keeps predictions out of the plots of measurements', () => {
    for (const chart of [speedupChart(study, curve!), throughputChart(study, curve!)]) {
      expect(Math.max(...chart.series.flatMap(({ data }) => data.map(({ x }) => x)))).toBe(12);
    }
    const prediction = projectionChart(study, curve!)!;
    expect(
      prediction.series.filter(({ line }) => line === 'dashed').map(({ name, data }) => [name, data.length]),
    ).toEqual([
      ['predicted, one machine', 2],
      ['predicted, several machines', 1],
    ]);
    const [without] = scalingStudy().curves;
    expect(projectionChart(scalingStudy(), without!)).toBeNull();
  });

  it('shows an overview of several curves, with a plot for each network if there are many', () => {
    const networks = [
      [784, 30, 10],
      [784, 128, 10],
      [784, 512, 10],
      [32, 64, 2],
    ];
    const few = titlesIn(studyPage(scalingStudy({ networks })));
    expect(few.slice(0, 2)).toEqual(['Speedup of all', 'Efficiency of all']);
    const page = studyPage(scalingStudy({ networks }));
    const [, overview] = page.split('<h2>Overview</h2>');
    // Points at eight cores, with the intervals that the plots leave out.
    expect(overview).toMatch(/<th scope="row">784,30,10<\/th><td>[\d,]+<\/td><td>8<\/td>.*\[/);
    const many = titlesIn(studyPage(scalingStudy({ networks, backends: ['blas', 'wasm'] })));
    expect(many.filter(title => title?.startsWith('Speedup, '))).toHaveLength(4);
  });
});

it('draws a weak study with one repeat at one worker count', () => {
  const study = scalingStudy({ mode: 'weak', workers: [1] });
  expect(titlesIn(studyPage(study))).toEqual([
    'Speedup',
    'Efficiency',
    'Throughput',
    'Time of a step by phase',
    'Roofline, 1 worker',
  ]);
});

it('shows steps, seconds, learning rates, the search and missed targets of a batch study', () => {
  const page = studyPage(batchStudy());
  expect(titlesIn(page)).toEqual([
    'Steps to target',
    'Seconds to target',
    'Best learning rate',
    'The search',
  ]);
  expect(page).toContain('validation accuracy of at least 0.97');
  expect(page).toContain('not reached');
  expect(page).toContain('next to the highest tried');
  expect(page).toContain('too noisy to estimate');
});

it.each([
  ['scaling', (name: string) => studyPage(scalingStudy({ name }))],
  ['batch', (name: string) => studyPage(batchStudy(name))],
])('escapes everything that comes from names in a %s study', (_, page) => {
  const text = page(`"><script>alert('x')</script><img src=x onerror=alert(1)>`);
  expect(text).not.toMatch(/<script|<img/);
  expect(text).toContain('&lt;script&gt;');
});

it('mentions in captions only what is drawn', () => {
  const once = scalingStudy({ backends: ['blas', 'wasm'] });
  once.configuration.repeats = 1;
  const page = studyPage(once);
  expect(page).not.toMatch(/bars are|intervals are in the table/);
  const missed = batchStudy();
  for (const { points } of missed.curves) for (const point of points) point.perfectSteps = null;
  expect(studyPage(missed)).not.toContain('Dotted');
  expect(studyPage(batchStudy())).toContain('Dotted');
});
