/** The kind of value of --class-weights. */
import { splitList } from '../quote.js';
import { type Kind, list, single } from './kinds.js';

const weight = single({ zero: true });
const weights = list(weight, { empty: false });

/** `balanced`, numbers separated by commas, or NAME=number pairs; in a config file also a list or a mapping. */
export const classWeights: Kind<'balanced' | number[] | Record<string, number>> = {
  values: 'balanced|X,…|NAME=X,…',
  expected:
    'balanced, numbers from 0 that float32 can hold, or NAME=NUMBER for classes or labels, with commas between them',
  takesValue: true,
  read: raw => {
    if (raw === 'balanced') return raw;
    const isText = typeof raw === 'string' && raw.includes('=');
    return isText ? readPairs(splitList(raw)?.map(splitPair)) : (weights.read(raw) ?? readMap(raw));
  },
  readLine: raw => classWeights.read(Array.isArray(raw) ? raw.join(',') : raw),
};

/** Splits at the last =, so that a name may contain some. */
function splitPair(pair: string): [string, unknown] {
  const at = pair.lastIndexOf('=');
  return [pair.slice(0, Math.max(at, 0)).trim(), pair.slice(at + 1).trim()];
}

function readMap(raw: unknown): Record<string, number> | undefined {
  const isMap = typeof raw === 'object' && raw !== null && !Array.isArray(raw);
  return isMap ? readPairs(Object.entries(raw)) : undefined;
}

/** Undefined if a name is missing or repeated, or a number is not valid. */
function readPairs(pairs: readonly [string, unknown][] | undefined): Record<string, number> | undefined {
  if (pairs === undefined) return undefined;
  const read = pairs.map(([name, raw]) => [name, weight.read(raw)] as const);
  const names = new Set(read.map(([name]) => name));
  const isWhole = read.every(([name, value]) => name !== '' && value !== undefined);
  if (!isWhole || names.size < read.length || read.length === 0) return undefined;
  return Object.fromEntries(read) as Record<string, number>;
}
