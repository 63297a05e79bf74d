/** Targets of rows for a trained network: numbers, or class numbers. */
import { cellError, oneOf, type Place } from './cell.js';
import { labelOf, type RawTarget } from './classes.js';
import type { Column } from './column.js';
import { type NumberFeature, toNumbers } from './feature.js';
import { mapNumbers } from './mapped.js';
import { forEachSelected, rowAt, type Selection } from './selection.js';
import { cellAt, type Numbers } from './store.js';
import { type TargetReading, toLabels } from './target.js';

/** A target for judging predictions: numbers, or the class number of each row. */
export interface KnownTarget {
  feature: NumberFeature;
  /** @throws usage if a used row has a class that the training data lacked */
  check: (rows: Selection) => void;
}

/** Marks a class that the training data lacks. */
const UNKNOWN = -1;

/**
 * Converts targets with saved classes. @throws usage at a cell that is missing, or not a number although the
 * task is a regression
 */
export function toKnownTarget(
  column: Column,
  classes: readonly string[],
  place: Place,
  reading: TargetReading,
): KnownTarget {
  if (reading.task === 'regression') {
    return { feature: toNumbers(column, place, reading), check: () => {} };
  }
  const raw = column.kind === 'text' ? toLabels(column, place, reading) : toNumbers(column, place, reading);
  const values = classNumbers(raw, classes);
  return {
    feature: { name: raw.name, kind: 'number', isBoolean: false, values, hasMissing: raw.hasMissing },
    check: rows => checkKnown(raw, values, { classes, place, rows }),
  };
}

/** Class number of each cell; NaN if it is missing, UNKNOWN if it is not among the classes. */
function classNumbers(raw: RawTarget, classes: readonly string[]): Numbers {
  if (raw.kind === 'labels') {
    return mapNumbers(
      raw.codes,
      Float64Array.from(raw.texts, text => classNumber(text, classes)),
    );
  }
  const { values } = raw;
  return {
    length: values.length,
    read(into, from, to) {
      values.read(into, from, to);
      for (let i = 0; i < to - from; i++) {
        if (!Number.isNaN(into[i]!)) into[i] = classNumber(String(into[i]), classes);
      }
    },
  };
}

interface Known {
  classes: readonly string[];
  place: Place;
  rows: Selection;
}

function checkKnown(raw: RawTarget, values: Numbers, { classes, place, rows }: Known): void {
  forEachSelected(values, Float64Array, rows, (numbers, begin) => {
    const i = numbers.indexOf(UNKNOWN);
    if (i < 0) return;
    const row = rowAt(rows, begin + i);
    const key =
      raw.kind === 'labels' ? cellAt(raw.codes, Int32Array, row) : cellAt(raw.values, Float64Array, row);
    throw cellError(place, row, {
      expected: oneOf(classes, 'classes'),
      got: labelOf(raw, key),
      hint: 'Correct the cell, or leave the row out.',
    });
  });
}

/**
 * Class of a label: the one with the same text, or else the only one with the same number. −1 if there is
 * none.
 */
function classNumber(label: string, classes: readonly string[]): number {
  const same = classes.indexOf(label);
  if (same >= 0) return same;
  const value = plainValue(label);
  if (!Number.isSafeInteger(value)) return -1;
  const alike = classes.flatMap((name, k) => (plainValue(name) === value ? [k] : []));
  return alike.length === 1 ? alike[0]! : -1;
}

/** Value of an integer such as 1 or 1.0; NaN for other texts, including 01. */
function plainValue(text: string): number {
  return /^-?(0|[1-9]\d*)(\.0+)?$/.test(text) ? Number(text) : Number.NaN;
}
