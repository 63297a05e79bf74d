/**
 * The kinds of values that options have. A kind reads what was typed on the command line (a text) or stands in a config
 * file (a text, a number, a list, a mapping, true) and returns the value, or undefined if it is not valid. Kinds know no
 * option by name and write no messages.
 */
import { isMetric, METRICS } from '../model/metric.js';
import { quoteListItem, splitList } from '../quote.js';
import {
  ABOVE_ZERO,
  FRACTION,
  FROM_ZERO,
  NUMBER_BINS,
  NUMBER_WAVES,
  QUANTILE,
  type Range,
  SINGLE_ABOVE_ZERO,
  SINGLE_FRACTION,
  SINGLE_FROM_ZERO,
  wholeNumbers,
} from '../ranges.js';

export interface Kind<T> {
  /** The values in short, for tables: `N|full`. */
  readonly values: string;
  /** What a value has to be, for messages: `full or a whole number from 1`. */
  readonly expected: string;
  /** False if the option is given by its name alone: --json. */
  readonly takesValue: boolean;
  read(raw: unknown): T | undefined;
  /** Reads from the command line, where an option given several times arrives as a list; `read` by default. */
  readLine?(raw: unknown): T | undefined;
  /** The text that `read` gets the value from, for values that a config file cannot hold as they are. */
  write?(value: T): string;
}

/** A value as a config file holds it. */
export function plainValue<T>({ write }: Kind<T>, value: T): unknown {
  return write ? write(value) : value;
}

/** A value of a config file as it is typed on the command line, unquoted: 128,64; no=1,yes=4. */
export function typedText(plain: unknown): string {
  if (typeof plain !== 'object' || plain === null) return String(plain);
  const items = Array.isArray(plain) ? plain : Object.entries(plain).map(pair => pair.join('='));
  return items.map(item => quoteListItem(typedText(item))).join(',');
}

/** A number within a range. */
function number(values: string, range: Range): Kind<number> {
  return {
    values,
    expected: range.expected,
    takesValue: true,
    read: raw => {
      const value = readNumber(raw);
      return value !== undefined && range.has(value) ? value : undefined;
    },
  };
}

/** A whole number within [from, to]. */
export function whole({ from, to }: { from: number; to?: number }): Kind<number> {
  return number('N', wholeNumbers(from, to));
}

/** A finite number from 0, or above 0. */
export function decimal({ zero }: { zero: boolean }): Kind<number> {
  return number('X', zero ? FROM_ZERO : ABOVE_ZERO);
}

/** The same for numbers that kernels compute with, in float32. */
export function single({ zero }: { zero: boolean }): Kind<number> {
  return number('X', zero ? SINGLE_FROM_ZERO : SINGLE_ABOVE_ZERO);
}

/** Bins of columns of numbers. */
export const numberBins = number('N', NUMBER_BINS);

/** Cosines of columns of numbers. */
export const numberWaves = number('N', NUMBER_WAVES);

/** A number from 0, below 1. */
export const fraction = number('X', FRACTION);

/** The same for numbers that kernels compute with. */
export const singleFraction = number('X', SINGLE_FRACTION);

/** A quantile, between 0 and 1. */
export const quantile = number('X', QUANTILE);

const UNITS = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** Bytes, as in 512M or 1.5G. */
export const size: Kind<number> = {
  values: 'SIZE',
  expected: 'a size such as 512M or 2G',
  takesValue: true,
  read: raw => {
    if (typeof raw === 'number') return Number.isSafeInteger(raw) && raw > 0 ? raw : undefined;
    const [, count, unit] = /^(\d+(?:\.\d+)?)([KMG])(?:i?B)?$/i.exec(String(raw)) ?? [];
    if (count === undefined) return undefined;
    const bytes = Math.floor(Number(count) * UNITS[unit!.toUpperCase() as keyof typeof UNITS]);
    return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
  },
  write: bytes => {
    const [unit, factor] = Object.entries(UNITS).findLast(([, factor]) => bytes % factor === 0) ?? [
      'K',
      UNITS.K,
    ];
    // A division by a power of two is exact, and so is the shortest text of its result.
    return `${bytes / factor}${unit}`;
  },
};

/** One of a few words. */
export function choice<const W extends string>(...words: W[]): Kind<W> {
  return {
    values: words.join('|'),
    expected: enumerate(words),
    takesValue: true,
    read: raw => words.find(word => word === raw),
  };
}

/** A word, or a value of another kind. */
export function orWord<const W extends string, T>(word: W, kind: Kind<T>): Kind<W | T> {
  return {
    values: `${kind.values}|${word}`,
    expected: `${word} or ${kind.expected}`,
    takesValue: true,
    read: raw => (raw === word ? word : kind.read(raw)),
    ...(kind.readLine && { readLine: raw => (raw === word ? word : kind.readLine!(raw)) }),
  };
}

/** Several values separated by commas, quoted as in CSV. A config file may also have a list, whose texts are not split. */
export function list<T>(item: Kind<T>, { empty }: { empty: boolean }): Kind<T[]> {
  const readItems = (parts: readonly unknown[] | undefined): T[] | undefined => {
    if (parts === undefined || (parts.length === 0 && !empty)) return undefined;
    const values = parts.map(part => item.read(part));
    return values.includes(undefined) ? undefined : (values as T[]);
  };
  const split = (raw: unknown) => (typeof raw === 'string' ? splitList(raw) : [raw]);
  return {
    values: `${item.values},…`,
    expected: `${item.expected}, or several with commas between them`,
    takesValue: true,
    read: raw => readItems(Array.isArray(raw) ? raw : split(raw)),
    readLine: raw => {
      const parts = (Array.isArray(raw) ? raw : [raw]).map(split);
      return parts.includes(undefined) ? undefined : readItems(parts.flat());
    },
  };
}

/** The name of a metric. */
export const metric: Kind<string> = {
  values: 'NAME',
  expected: `${METRICS.join(', ')} or top-K`,
  takesValue: true,
  read: raw => (typeof raw === 'string' && isMetric(raw) ? raw : undefined),
};

/** Any text that is not empty. `values` is what tables call it: `FILE`. */
export function text(values: string, expected: string): Kind<string> {
  return {
    values,
    expected,
    takesValue: true,
    read: raw => {
      if (typeof raw === 'number') return String(raw);
      return typeof raw === 'string' && raw !== '' ? raw : undefined;
    },
  };
}

/** One character, or a word for one that is hard to type. */
function character(words: Readonly<Record<string, string>>, expected: string): Kind<string> {
  return {
    values: 'C',
    expected,
    takesValue: true,
    read: raw => {
      if (typeof raw !== 'string') return undefined;
      return words[raw] ?? ([...raw].length === 1 ? raw : undefined);
    },
  };
}

/** What separates cells. */
export const delimiter = character(
  { tab: '\t', '\\t': '\t', space: ' ', comma: ',', semicolon: ';', whitespace: 'whitespace' },
  'one character, tab, space or whitespace',
);

/** What begins a comment: DuckDB takes one byte. */
export const comment: Kind<string> = {
  ...character({}, 'one character such as #'),
  read: raw => (typeof raw === 'string' && /^[!-~]$/.test(raw) ? raw : undefined),
};

/** What surrounds cells; the empty text for nothing. */
export const quote = character({ none: '', '': '' }, 'one character, or none');

/** A fraction of the rows, or a file: a number has to be a fraction. */
export const fileOrFraction: Kind<string | number> = {
  values: 'FILE|FRACTION',
  expected: 'a file, or a fraction from 0 to below 1',
  takesValue: true,
  read: raw => {
    const value = readNumber(raw);
    if (value === undefined) return typeof raw === 'string' && raw !== '' ? raw : undefined;
    return value >= 0 && value < 1 ? value : undefined;
  },
};

/** An option without a value: giving it means `meaning`. In a config file: true or false. */
export function flag(meaning: boolean): Kind<boolean> {
  return {
    values: '',
    expected: 'true or false',
    takesValue: false,
    read: raw => (typeof raw === 'boolean' ? raw === meaning : undefined),
  };
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** A finite number, or a text that spells one; undefined for anything else. */
export function readNumber(raw: unknown): number | undefined {
  const value = typeof raw === 'string' && NUMBER.test(raw) ? Number(raw) : raw;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** a, b or c. */
export function enumerate(words: readonly string[], last = 'or'): string {
  return words.length === 1 ? words[0]! : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}
