/** The numbers of a record of metrics.jsonl under names that viewers group: loss/training, loss/validation, … Pure. */
import { isPlain, type Plain } from '../store/run-files.js';

export interface Scalar {
  tag: string;
  value: number;
}

/** The numbers of one record, and where it stands. */
export interface Point {
  /** Steps since the start of the training. */
  step: number;
  /** Unix time in seconds. */
  time: number;
  scalars: Scalar[];
}

/** Numbers that describe the training, not a set of rows. */
const PLAIN_KEYS = new Set([
  'epoch',
  'samples',
  'learningRate',
  'seconds',
  'samplesPerSecond',
  'evaluations',
]);

/**
 * The points of a run in order, one for each record; of an epoch that was repeated, the last. Records have no time of day: it is
 * that of the beginning and the seconds of training.
 */
export function pointsOf(config: Plain, records: readonly Plain[]): Point[] {
  const points = new Map(records.map(record => [record.step, pointOf(config, record)]));
  return [...points.values()].flatMap(point => point ?? []).sort((a, b) => a.step - b.step);
}

/** null without a step. */
export function pointOf(config: Plain, record: Plain): Point | null {
  const { step, seconds } = record;
  if (typeof step !== 'number' || !Number.isSafeInteger(step)) return null;
  const time = beginOf(config) + (typeof seconds === 'number' ? seconds : 0);
  return { step, time, scalars: scalarsOf(record) };
}

/** Unix time in seconds at which the first session of a run began; 0 if that is not known. */
export function beginOf(config: Plain): number {
  const began = Date.parse(startedAt(config) ?? '');
  return Number.isFinite(began) ? began / 1000 : 0;
}

/** When the first session of a run began, as config.json has it; null if that is not known. */
export function startedAt({ sessions }: Plain): string | null {
  const first: unknown = Array.isArray(sessions) ? sessions[0] : null;
  return isPlain(first) && typeof first.began === 'string' ? first.began : null;
}

function scalarsOf(record: Plain): Scalar[] {
  return Object.entries(record).flatMap(([key, value]): Scalar[] => {
    if (key === 'step') return [];
    if (key === 'validation' && isPlain(value)) return numbersIn(value, name => `${name}/validation`);
    if (isPlain(value)) return numbersIn(value, name => `${dashed(key)}/${dashed(name)}`);
    return numbersIn({ [key]: value }, name => (PLAIN_KEYS.has(name) ? dashed(name) : `${name}/training`));
  });
}

function numbersIn(record: Plain, tagOf: (name: string) => string): Scalar[] {
  return Object.entries(record).flatMap(([name, value]) =>
    typeof value === 'number' && Number.isFinite(value) ? [{ tag: tagOf(name), value }] : [],
  );
}

/** learningRate → learning-rate */
function dashed(name: string): string {
  return name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
}
