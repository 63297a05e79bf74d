/** Targets of rows for a network that has learnt: numbers, or the number of each row's class. */
import { cellError, type Place } from './cell.js';
import { labelOf, type RawTarget } from './classes.js';
import type { Column } from './column.js';
import { type NumberFeature, toNumbers } from './feature.js';
import { mapNumbers } from './mapped.js';
import { forEachSelected, rowAt, type Selection } from './selection.js';
import type { Numbers } from './store.js';
import { type TargetReading, toLabels } from './target.js';

/** A target as it is to be judged: numbers, or the number of each row's class. */
export interface KnownTarget {
  feature: NumberFeature;
  /** @throws usage if a row that is used has a class that is none of those that are kept */
  check: (rows: Selection) => void;
}

/** Stands for a class that the training data does not have. */
const UNKNOWN = -1;

/** Targets by classes that are kept. @throws usage at a cell that is missing, or is no number of a regression */
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

/** The number of each cell's class; NaN if it is missing, UNKNOWN if it is none of them. */
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
    const shown = `${classes.slice(0, 4).join(', ')}${classes.length > 4 ? ', …' : ''}`;
    throw cellError(place, row, {
      expected: `one of the ${classes.length} classes in the training data (${shown})`,
      got: labelAt(raw, row),
      hint: 'Correct the cell, or leave the row out.',
    });
  });
}

function labelAt(raw: RawTarget, row: number): string {
  if (raw.kind === 'labels') {
    const code = new Int32Array(1);
    raw.codes.read(code, row, row + 1);
    return labelOf(raw, code[0]!);
  }
  const value = new Float64Array(1);
  raw.values.read(value, row, row + 1);
  return labelOf(raw, value[0]!);
}

/** The class that a label is: that of the same text, or of the same number if no other is. −1: none. */
function classNumber(label: string, classes: readonly string[]): number {
  const same = classes.indexOf(label);
  if (same >= 0) return same;
  const value = plainValue(label);
  if (!Number.isSafeInteger(value)) return -1;
  const alike = classes.flatMap((name, k) => (plainValue(name) === value ? [k] : []));
  return alike.length === 1 ? alike[0]! : -1;
}

/** A whole number such as 1 or 1.0; NaN for other texts, 01 among them. */
function plainValue(text: string): number {
  return /^-?(0|[1-9]\d*)(\.0+)?$/.test(text) ? Number(text) : Number.NaN;
}
