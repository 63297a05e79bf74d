/**
 * A column to predict as classes: the distinct values of the rows that are used, their names in order, and the number
 * of each row's. A class is named by the text that the file has: 01 and 1, 1.10 and 1.1 are different ones.
 */
import { byCodeUnit, type NumberFeature } from './feature.js';
import { parseNumber } from './number-text.js';
import { forEachSelected, type Selection } from './selection.js';
import type { Codes } from './store.js';

/** A target before its task is known: numbers of which there are no texts, or texts. */
export type RawTarget = NumberFeature | RawLabels;

export interface RawLabels {
  name: string;
  kind: 'labels';
  texts: string[];
  /** One a row, into texts; −1 if the cell is missing and its row is to be left out. */
  codes: Codes;
  hasMissing: boolean;
  /** The number that each text is, if the column is one of numbers; null otherwise. */
  numbers: Float64Array | null;
}

/** A network with more outputs was not meant. */
export const MOST_CLASSES = 10_000;

/** Keys of a target: codes of texts, or the numbers themselves. */
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
  /** The place, among the rows that are used, where each occurs first. */
  firsts: number[];
  /** One for each row that is used, into distinct. */
  numbers: Uint16Array;
}

/** Numbers the distinct keys of the rows as they come; null if there are too many to be classes. */
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

/** The name of a class. */
export function labelOf(target: RawTarget, key: number): string {
  return target.kind === 'labels' ? target.texts[key]! : String(key);
}

/** The number that a class is; NaN if it is none. */
export function numberAt(target: RawTarget, key: number): number {
  return target.kind === 'labels' ? (target.numbers?.[key] ?? Number.NaN) : key;
}

function isNumber(label: string): boolean {
  return !Number.isNaN(parseNumber(label));
}

function byValue(a: string, b: string): number {
  return parseNumber(a) - parseNumber(b) || byCodeUnit(a, b);
}

/** By value if all are numbers, else by code unit. */
export function orderNames(names: readonly string[]): string[] {
  return [...names].sort(names.every(isNumber) ? byValue : byCodeUnit);
}

/** Classes, and the number of each used row's. */
export interface Classes {
  classes: string[];
  values: Uint16Array;
}

/** The classes in their order; the numbers of the keys become theirs. */
export function orderClasses(target: RawTarget, { distinct, numbers }: NumberedKeys): Classes {
  const labels = distinct.map(key => labelOf(target, key));
  const classes = orderNames(labels);
  const placeOf = new Map(classes.map((name, place) => [name, place]));
  const places = labels.map(label => placeOf.get(label)!);
  for (let i = 0; i < numbers.length; i++) numbers[i] = places[numbers[i]!]!;
  return { classes, values: numbers };
}
