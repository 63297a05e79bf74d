/**
 * A target column as classes: the distinct values of the rows that are used, in order, and the class number
 * of each row. Classes are named by their text in the file: 01 and 1, or 1.10 and 1.1, are different classes.
 */
import { byCodeUnit, type NumberFeature } from './feature.js';
import { parseNumber } from './number-text.js';
import { forEachSelected, type Selection } from './selection.js';
import type { Codes } from './store.js';

/** A target before its task is known: numbers without texts, or texts. */
export type RawTarget = NumberFeature | RawLabels;

export interface RawLabels {
  name: string;
  kind: 'labels';
  texts: string[];
  /** Index into texts for each row; −1 if the cell is missing and its row is left out. */
  codes: Codes;
  hasMissing: boolean;
  /** Numeric value of each text if the column is numeric, otherwise null. */
  numbers: Float64Array | null;
}

/** A network with more outputs is probably a mistake. */
export const MOST_CLASSES = 10_000;

/** Calls `visit` with each key of a target: the code of its text, or the number itself. */
function forEachKey(
  target: RawTarget,
  rows: Selection,
  visit: (keys: ArrayLike<number>, begin: number) => void,
): void {
  if (target.kind === 'labels') forEachSelected(target.codes, Int32Array, rows, visit);
  else forEachSelected(target.values, Float64Array, rows, visit);
}

export interface NumberedKeys {
  distinct: number[];
  /** Position among the used rows of the first occurrence of each key. */
  firsts: number[];
  /** Index into distinct for each used row. */
  numbers: Uint16Array;
}

/** Numbers the distinct keys in order of occurrence; null if there are too many to be classes. */
export function numberKeys(target: RawTarget, rows: Selection): NumberedKeys | null {
  const known = new Map<number, number>();
  const firsts: number[] = [];
  const numbers = new Uint16Array(rows.count);
  forEachKey(target, rows, (keys, begin) => {
    for (let i = 0; i < keys.length && known.size <= MOST_CLASSES; i++) {
      let number = known.get(keys[i]!);
      if (number === undefined) {
        number = known.size;
        known.set(keys[i]!, number);
        firsts.push(begin + i);
      }
      numbers[begin + i] = number;
    }
  });
  return known.size > MOST_CLASSES ? null : { distinct: [...known.keys()], firsts, numbers };
}

/** Name of a class. */
export function labelOf(target: RawTarget, key: number): string {
  return target.kind === 'labels' ? target.texts[key]! : String(key);
}

/** Numeric value of a class; NaN if it has none. */
export function numberAt(target: RawTarget, key: number): number {
  return target.kind === 'labels' ? (target.numbers?.[key] ?? Number.NaN) : key;
}

function isNumber(label: string): boolean {
  return !Number.isNaN(parseNumber(label));
}

function byValue(a: string, b: string): number {
  return parseNumber(a) - parseNumber(b) || byCodeUnit(a, b);
}

/** Sorts by value if all names are numbers, otherwise by code unit. */
export function orderNames(names: readonly string[]): string[] {
  return [...names].sort(names.every(isNumber) ? byValue : byCodeUnit);
}

/** Classes, and the class number of each used row. */
export interface Classes {
  classes: string[];
  values: Uint16Array;
}

/** Sorts the classes and renumbers the keys accordingly. */
export function orderClasses(target: RawTarget, { distinct, numbers }: NumberedKeys): Classes {
  const labels = distinct.map(key => labelOf(target, key));
  const classes = orderNames(labels);
  const placeOf = new Map(classes.map((name, place) => [name, place]));
  const places = labels.map(label => placeOf.get(label)!);
  for (let i = 0; i < numbers.length; i++) numbers[i] = places[numbers[i]!]!;
  return { classes, values: numbers };
}
