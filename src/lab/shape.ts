/**
 * Checks of the shape of plain data that was read from a file: each returns what is wrong and where, or null. Members that it
 * doesn't name are ignored.
 */
import { brief } from '../store/brief.js';
import { isPlain } from '../store/run-files.js';

/** @param place what the value is called: `trials[2].value` */
export type Shape = (value: unknown, place: string) => string | null;

/** A value that passes a test. */
export function only(expected: string, test: (value: unknown) => boolean): Shape {
  return (value, place) => (test(value) ? null : `${place}: expected ${expected}, got ${brief(value)}`);
}

export function oneOf(...values: readonly string[]): Shape {
  return only(values.join(' or '), value => values.includes(value as string));
}

export function orNull(shape: Shape): Shape {
  return (value, place) => (value === null ? null : shape(value, place));
}

/** A list of at least `least` items. */
export function listOf(item: Shape, least = 0): Shape {
  return (value, place) => {
    if (!Array.isArray(value)) return `${place}: expected a list, got ${brief(value)}`;
    if (value.length < least) return `${place}: expected an item, got none`;
    return firstFault(value, (one, i) => item(one, `${place}[${i}]`));
  };
}

export function object(members: Readonly<Record<string, Shape>>): Shape {
  return (value, place) => {
    if (!isPlain(value)) return `${place || 'it'}: expected an object, got ${brief(value)}`;
    const inside = place === '' ? '' : `${place}.`;
    return firstFault(Object.entries(members), ([name, shape]) => shape(value[name], `${inside}${name}`));
  };
}

function firstFault<T>(items: readonly T[], check: (item: T, i: number) => string | null): string | null {
  for (const [i, item] of items.entries()) {
    const fault = check(item, i);
    if (fault !== null) return fault;
  }
  return null;
}
