/** Results of `lockstep bench` as text. Pure functions. */
import type { BenchResult } from '../lab/bench/bench.js';
import { counted, formatCount, formatPercent, formatShort } from './format.js';
import { hertzText, loadText, placesText } from './machine.js';
import { ranksText } from './opening.js';
import { triedText } from './progress.js';
import { renderPairs, renderTable } from './table.js';

export function benchText(result: BenchResult): string {
  const { layers, batchSize, rows, stepSeconds, gflops, productGflops, workers, shards, phases } = result;
  const mean = Object.values(phases).reduce((sum, seconds) => sum + seconds, 0);
  const pairs = renderPairs([
    ['network', `${layers.join(',')}, ${result.activation}`],
    [
      'batch',
      `${formatCount(batchSize)} of ${formatCount(rows)} rows, ${formatCount(result.microBatch)} at once`,
    ],
    [
      'machine',
      `${result.description}, ${counted(workers, 'worker')}${result.ranks ? ` ${ranksText(result.ranks)}` : ''}, ${counted(shards, 'shard')}, ${result.update} update`,
    ],
    ...(result.tried.length === 0 ? [] : [['auto', triedText(result.tried)] as const]),
    [
      'step',
      `${formatShort(stepSeconds.median)} ± ${formatShort(stepSeconds.mad)} (median, MAD of ${formatCount(result.steps)})`,
    ],
    ['throughput', `${formatCount(result.samplesPerSecond)} samples/s`],
    [
      'arithmetic',
      `${gflops.toFixed(1)} GFLOP/s, ${formatPercent(gflops / productGflops)} of a 1024³ product's ${productGflops.toFixed(1)}`,
    ],
    ['imbalance', `${result.imbalance.toFixed(3)} (busiest worker over the mean)`],
    ['clock', `${hertzText(result.clock.before)} before the steps, ${hertzText(result.clock.after)} after`],
    ['load', loadText(result.load)],
    ['threads ran on', `processors ${placesText(result.places)}`],
  ]);
  const table = renderTable(
    ['phase', 'mean step', 'share'],
    Object.entries(phases).map(([phase, seconds]) => [
      phase,
      formatShort(seconds),
      formatPercent(seconds / mean),
    ]),
  );
  return `${pairs}\n\n${table}`;
}

/** Compares two results. Every row is a speed, so a ratio above 1 means faster. */
export function comparisonText(now: BenchResult, before: BenchResult): string {
  const ratio = (a: number, b: number) => (a / b).toFixed(3);
  return renderTable(
    ['now / before', 'before', 'now', 'ratio'],
    [
      [
        'samples/s',
        formatCount(before.samplesPerSecond),
        formatCount(now.samplesPerSecond),
        ratio(now.samplesPerSecond, before.samplesPerSecond),
      ],
      [
        'GFLOP/s of the product',
        before.productGflops.toFixed(1),
        now.productGflops.toFixed(1),
        ratio(now.productGflops, before.productGflops),
      ],
      [
        'share of the product',
        formatPercent(before.gflops / before.productGflops),
        formatPercent(now.gflops / now.productGflops),
        ratio(now.gflops / now.productGflops, before.gflops / before.productGflops),
      ],
    ],
  );
}
