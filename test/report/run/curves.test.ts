import { expect, it } from 'vitest';
import { settingsOf } from '../../../src/report/run/configuration.js';
import {
  figureCharts,
  noiseChart,
  rateChart,
  throughput,
  timeChart,
} from '../../../src/report/run/curves.js';
import { toRuns } from '../../../src/report/run/record.js';
import { runFiles } from './files.js';

const runsOf = (...files: ReturnType<typeof runFiles>[]) =>
  toRuns(
    files,
    files.map(() => 'lockstep train'),
  );

it('draws a chart with training and validation for every recorded figure', () => {
  const charts = figureCharts(runsOf(runFiles('runs/a', 3)));
  expect(charts.map(({ title }) => title)).toEqual(['Loss', 'Accuracy']);
  const [training, validation] = charts[0]!.series;
  expect(training!.data.map(({ x, y }) => [x, y])).toEqual([
    [1, 1],
    [2, 1 / 2],
    [3, 1 / 3],
  ]);
  expect(validation!.data[1]!.y).toBe(0.55);
  expect(training!.line).not.toBe(validation!.line);
});

it('draws a loss over many orders of magnitude on a logarithmic scale', () => {
  const [few] = figureCharts(runsOf(runFiles('a', 5)));
  const [many] = figureCharts(runsOf(runFiles('a', 100)));
  expect([few!.y.scale, many!.y.scale]).toEqual(['linear', 'log']);
});

it('gives several runs their names and distinct looks', () => {
  const runs = runsOf(runFiles('x/a', 2), runFiles('y/a', 2), runFiles('x/b', 2));
  expect(runs.map(({ name }) => name)).toEqual(['x/a', 'y/a', 'b']);
  const { series } = timeChart(runs)!;
  expect(new Set(series.map(({ look }) => look.symbol)).size).toBe(3);
  expect(series[0]!.data[1]).toMatchObject({ x: 1, y: 0.7 });
});

it('computes throughput as rows of each epoch by its time, with a short last batch', () => {
  const files = runFiles('a', 0);
  const config = { ...files.config, rows: 950 };
  const metrics = [
    { epoch: 1, step: 10, loss: 1, seconds: 1 },
    { epoch: 2, step: 20, loss: 1, seconds: 3 },
    { epoch: 3, step: 24, loss: 1, seconds: 4 },
  ];
  const [run] = runsOf({ ...files, config, metrics });
  expect([...throughput(run!)]).toEqual([
    [1, 950],
    [2, 475],
    [3, 400],
  ]);
});

it('draws the recorded learning rate, or else the configured constant', () => {
  const files = runFiles('a', 2);
  const decayed = files.metrics.map((record, i) => ({ ...record, learningRate: 0.5 / (i + 1) }));
  const chart = rateChart(runsOf(files, { ...files, path: 'b', metrics: decayed }))!;
  expect(chart.series.map(({ data }) => data.map(({ y }) => y))).toEqual([
    [0.5, 0.5],
    [0.5, 0.25],
  ]);
});

it('uses the last record of a repeated epoch', () => {
  const files = runFiles('a', 2);
  const [run] = runsOf({ ...files, metrics: [...files.metrics, { epoch: 2, step: 20, loss: 7 }] });
  expect(run!.epochs.map(({ training }) => training.loss)).toEqual([1, 7]);
});

it('finds the settings that differ between runs', () => {
  const files = runFiles('a', 1);
  const other = { ...files, path: 'b', config: { ...files.config, options: { lr: 0.1 }, rows: 1000 } };
  const differing = settingsOf(runsOf(files, other)).filter(({ differs }) => differs);
  expect(differing.map(({ key, values }) => [key, ...values])).toEqual([
    ['options.lr', '0.5', '0.1'],
    ['options.hidden', '32', '–'],
    ['options.no-shuffle', 'false', '–'],
  ]);
});

it('draws the recorded noise scale with intervals, and gaps if it was not estimated', () => {
  const told = [{ scale: 100, standardError: 10 }, { scale: null }, { scale: 400, standardError: null }];
  const metrics = told.map((noise, i) => ({ epoch: i + 1, step: 10 * (i + 1), loss: 1, noise }));
  const { series } = noiseChart(runsOf(runFiles('a', 0, { metrics })))!;
  expect(series[0]!.data.map(({ x, low, y, high }) => [x, low, y, high])).toEqual([
    [1, 80.4, 100, 119.6],
    [3, 400, 400, 400],
  ]);
  expect(noiseChart(runsOf(runFiles('a', 3)))).toBeNull();
});
