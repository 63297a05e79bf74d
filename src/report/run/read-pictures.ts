/** Reads pictures.json as it may come: parts that are missing or invalid are left out. Pure. */
import type { Calibration } from '../../lab/explain/calibration.js';
import { isPlain, type Plain } from '../../store/run-files.js';
import type { Pictures, RocPicture, TargetPicture } from '../pictures.js';

export function toPictures(value: Plain | null): Pictures {
  if (value === null) return {};
  const { targets, roc, calibration } = value;
  return {
    ...(isListOf(targets, isTarget) && { targets }),
    ...(isListOf(roc, isCurve) && { roc }),
    ...(isCalibration(calibration) && { calibration }),
  };
}

function isListOf<T>(value: unknown, isOne: (one: unknown) => one is T): value is T[] {
  return Array.isArray(value) && value.length > 0 && value.every(isOne);
}

function isTarget(value: unknown): value is TargetPicture {
  if (!isPlain(value)) return false;
  const { target, points, quantiles, farthest, rows } = value;
  return (
    typeof target === 'string' &&
    isListOf(points, isPair) &&
    isListOf(quantiles, isNumber) &&
    quantiles.length === 5 &&
    [farthest, rows].every(isNumber)
  );
}

function isPair(value: unknown): value is [number, number] {
  return isListOf(value, isNumber) && value.length === 2;
}

function isCurve(value: unknown): value is RocPicture {
  return (
    isPlain(value) && typeof value.name === 'string' && isNumber(value.auc) && isListOf(value.points, isPoint)
  );
}

function isPoint(value: unknown): value is RocPicture['points'][number] {
  return isPlain(value) && isNumber(value.x) && isNumber(value.y);
}

function isCalibration(value: unknown): value is Calibration {
  if (!isPlain(value) || !isNumber(value.ece) || !isNumber(value.logLoss)) return false;
  return isListOf(value.bins, isBin);
}

function isBin(value: unknown): value is Calibration['bins'][number] {
  if (!isPlain(value)) return false;
  const { from, to, rows, predicted, observed } = value;
  return [from, to, rows, predicted, observed].every(isNumber);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
