/**
 * A column to predict as classes: the distinct values of the rows that are kept, their names in order, and the number
 * of each row's.
 */
import { parseNumber } from './cell.js';
import { byCodeUnit, type NumberFeature } from './feature.js';

/** A target before its task is known: numbers, or texts. */
export type RawTarget = NumberFeature | RawLabels;

export interface RawLabels {
  name: string;
  kind: 'labels';
  texts: string[];
  /** One a row, into texts; −1 where the cell is missing and its row is to be dropped. */
  codes: Int32Array;
}

/** A network with more outputs was not meant. */
export const MAX_CLASSES = 10_000;

/** One a row of the table. */
export function keysOf(target: RawTarget): Float64Array | Int32Array {
  return target.kind === 'labels' ? target.codes : target.values;
}

export interface NumberedKeys {
  distinct: number[];
  /** One a row of the table, into distinct; −1 for rows that are not kept. */
  numbers: Int32Array;
}

/** Numbers the distinct keys of the rows as they come; null where there are too many to be classes. */
export function numberKeys(target: RawTarget, rows: Uint32Array): NumberedKeys | null {
  const keys = keysOf(target);
  const known = new Map<number, number>();
  const numbers = new Int32Array(keys.length).fill(-1);
  for (let i = 0; i < rows.length; i++) {
    const key = keys[rows[i]!]!;
    let number = known.get(key);
    if (number === undefined) {
      if (known.size === MAX_CLASSES) return null;
      number = known.size;
      known.set(key, number);
    }
    numbers[rows[i]!] = number;
  }
  return { distinct: [...known.keys()], numbers };
}

/** The name of a class. */
export function labelOf(target: RawTarget, key: number): string {
  if (target.kind === 'labels') return target.texts[key]!;
  return target.isBoolean ? String(key === 1) : String(key);
}

function isNumber(label: string): boolean {
  return !Number.isNaN(parseNumber(label));
}

function byValue(a: string, b: string): number {
  return parseNumber(a) - parseNumber(b) || byCodeUnit(a, b);
}

/** Classes, and what each row of the table is of: their numbers, NaN for rows that are not kept. */
export interface Classes {
  classes: string[];
  values: Float64Array;
}

/** By value where all are numbers, else by code unit. */
export function orderNames(names: readonly string[]): string[] {
  return [...names].sort(names.every(isNumber) ? byValue : byCodeUnit);
}

/** The classes in their order. */
export function orderClasses(target: RawTarget, { distinct, numbers }: NumberedKeys): Classes {
  const labels = distinct.map(key => labelOf(target, key));
  const classes = orderNames(labels);
  const places = labels.map(label => classes.indexOf(label));
  const values = new Float64Array(numbers.length);
  for (let i = 0; i < values.length; i++) values[i] = places[numbers[i]!] ?? Number.NaN;
  return { classes, values };
}
