/**
 * A run as read from its folder, in the types that pages are rendered from. Files may come from an older or
 * newer release or be edited by hand: anything missing or invalid is null.
 */
import type { RunFiles } from '../../store/read-run.js';
import { isPlain, type Plain } from '../../store/run-files.js';
import type { Confusion } from '../confusion.js';
import type { LabelFigures } from '../labels.js';
import type { Pictures } from '../pictures.js';
import { toPictures } from './read-pictures.js';

export interface EpochRecord {
  epoch: number;
  step: number;
  /** Training time since the start, without evaluation. */
  seconds: number | null;
  learningRate: number | null;
  /** Rows since the start. */
  samples: number | null;
  /** Average since the start. */
  samplesPerSecond: number | null;
  /** Share of the time that each phase of a step took. */
  phases: Figures | null;
  /** Gradient noise scale in rows, and its standard error. */
  noise: { scale: number; standardError: number } | null;
  /** Figures by name: loss, accuracy, … */
  training: Figures;
  validation: Figures;
}

export type Figures = Readonly<Record<string, number>>;

export interface Run {
  /** Last component of the path, or the whole path if another run has the same last component. */
  name: string;
  path: string;
  config: Plain;
  /** Ascending by epoch, each once; if an epoch was repeated, its last record. */
  epochs: EpochRecord[];
  /** Numbers of the lines in metrics.jsonl that could not be read. */
  unreadable: readonly number[];
  summary: Plain | null;
  /**
   * Epoch that the saved model's weights come from; null if there is no model yet, or its epoch was not
   * recorded.
   */
  modelEpoch: number | null;
  confusion: { classes: string[]; counts: Confusion } | null;
  labels: LabelFigures[] | null;
  pictures: Pictures;
  /** Command that repeats the run. */
  command: string;
}

/** Keys of a record that do not measure quality. */
const OTHER_KEYS = new Set(['epoch', 'step', 'seconds', 'samplesPerSecond', 'learningRate', 'samples']);

/** The epoch of the saved model, or the last one if there is none. */
export function shownEpoch({ epochs, modelEpoch }: Run): EpochRecord | undefined {
  return epochs.find(({ epoch }) => epoch === modelEpoch) ?? epochs.at(-1);
}

/** @param commands the command that repeats each run */
export function toRuns(files: readonly RunFiles[], commands: readonly string[]): Run[] {
  const names = files.map(({ path }) => path.replace(/\/+$/, '').split('/').at(-1)!);
  return files.map((run, i) => ({
    ...run,
    name: names.indexOf(names[i]!) === names.lastIndexOf(names[i]!) ? names[i]! : run.path,
    epochs: toEpochs(run.metrics),
    modelEpoch: numberOf(run.summary?.modelEpoch),
    confusion: toConfusion(run.summary?.confusion),
    labels: toLabels(run.summary?.labels),
    // The pictures of an earlier end would be there until the next.
    pictures: toPictures(run.summary && run.pictures),
    command: commands[i]!,
  }));
}

function toEpochs(metrics: readonly Plain[]): EpochRecord[] {
  const byEpoch = new Map<number, EpochRecord>();
  for (const record of metrics) {
    const epoch = numberOf(record.epoch);
    const step = numberOf(record.step);
    if (epoch === null || step === null) continue;
    byEpoch.set(epoch, {
      epoch,
      step,
      seconds: numberOf(record.seconds),
      learningRate: numberOf(record.learningRate),
      samples: numberOf(record.samples),
      samplesPerSecond: numberOf(record.samplesPerSecond),
      phases: isPlain(record.phases) ? figuresOf(record.phases) : null,
      noise: toNoise(record.noise),
      training: figuresOf(record),
      validation: isPlain(record.validation) ? figuresOf(record.validation) : {},
    });
  }
  return [...byEpoch.values()].sort((a, b) => a.epoch - b.epoch);
}

function figuresOf(record: Plain): Figures {
  const known = Object.entries(record).filter(
    ([key, value]) => !OTHER_KEYS.has(key) && numberOf(value) !== null,
  );
  return Object.fromEntries(known) as Figures;
}

/** null if the noise scale could not be estimated. */
function toNoise(value: unknown): EpochRecord['noise'] {
  const scale = isPlain(value) ? numberOf(value.scale) : null;
  if (!isPlain(value) || scale === null) return null;
  return { scale, standardError: numberOf(value.standardError) ?? 0 };
}

/** null unless it is a square matrix of counts with a name for each class. */
function toConfusion(value: unknown): Run['confusion'] {
  if (!isPlain(value)) return null;
  const { classes, counts } = value;
  if (!Array.isArray(classes) || !Array.isArray(counts) || counts.length !== classes.length) return null;
  const square = counts.every(
    row =>
      Array.isArray(row) && row.length === classes.length && row.every(count => numberOf(count) !== null),
  );
  return square ? { classes: classes.map(String), counts: counts as Confusion } : null;
}

/** null unless each label has a name and figures. */
function toLabels(value: unknown): LabelFigures[] | null {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isPlain)) return null;
  const labels = value.map(({ label, positive, accuracy, precision, recall, f1, positives }) => ({
    label: String(label),
    positive: String(positive),
    accuracy: numberOf(accuracy),
    precision: numberOf(precision),
    recall: numberOf(recall),
    f1: numberOf(f1),
    positives: numberOf(positives),
  }));
  const isWhole = labels.every(({ accuracy, positives }) => accuracy !== null && positives !== null);
  return isWhole ? (labels as LabelFigures[]) : null;
}

/** The value if it is a finite number, otherwise null. */
export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
