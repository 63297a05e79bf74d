/** study.csv: one line per measurement, for spreadsheets and data frames. Pure functions. */
import { RANK_PHASES } from '../../model/plan.js';
import type { Trial } from './batch-schema.js';
import type { Point, Sample } from './scaling-schema.js';
import type { Study } from './schema.js';

/** Value of a cell; null for an empty cell. */
export type Cell = string | number | null;

/** Samples of a strong or weak study, or trainings of a batch study, below a header line. */
export function studyCsv(study: Study): string {
  const rows =
    study.mode === 'batch'
      ? study.trials.map(trialRow)
      : study.samples.map(sample => sampleRow(sample, study.points.find(({ id }) => id === sample.point)!));
  return csvText(rows);
}

/** Rows below a header line with their names, which must be the same in all. */
export function csvText(rows: readonly Readonly<Record<string, Cell>>[]): string {
  const names = Object.keys(rows[0] ?? {});
  return [names, ...rows.map(row => Object.values(row))]
    .map(cells => `${cells.map(quote).join(',')}\n`)
    .join('');
}

function sampleRow(sample: Sample, { excluded }: Point): Record<string, Cell> {
  const { point, layers, backend, role, batchSize, ranks, workers, shards, repeat, order, startedAt } =
    sample;
  const { steps, stepSeconds, samplesPerSecond, gflops, productGflops, imbalance, phases } = sample;
  const { clock, load, places, link, slabBytes, processSeconds, peakBytes, cpus, retaken } = sample;
  return {
    point,
    layers: layers.join(' '),
    ...{ role, backend, batchSize, ranks, workers, shards, repeat, order, startedAt, processSeconds, steps },
    stepSeconds: stepSeconds.median,
    stepSecondsMad: stepSeconds.mad,
    ...{ samplesPerSecond, gflops, productGflops, imbalance, peakBytes, cpus },
    clockBeforeHertz: clock.before,
    clockAfterHertz: clock.after,
    stolen: load?.stolen ?? null,
    others: load?.others ?? null,
    runningBefore: load?.runningBefore ?? null,
    runningAfter: load?.runningAfter ?? null,
    moves: places.reduce((sum, { moves }) => sum + moves, 0),
    retaken: retaken.length,
    ...Object.fromEntries(RANK_PHASES.map(phase => [`${phase}Seconds`, phases[phase] ?? 0])),
    linkLatencySeconds: link?.latencySeconds ?? null,
    linkBytesPerSecond: link?.bytesPerSecond ?? null,
    slabBytes,
    excluded,
  };
}

function trialRow({ layers, history, ...figures }: Trial): Record<string, Cell> {
  return { layers: layers.join(' '), ...figures, lastValue: history.at(-1)?.value ?? null };
}

/** Quotes a cell as in RFC 4180. */
function quote(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
