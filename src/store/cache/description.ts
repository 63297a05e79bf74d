/**
 * The description of a cache, checked as far as reading relies on it: a checksum says only that it is what was written, not that
 * this version wrote it.
 */
import { featuresOf, type Span, storedWidth } from '../../data/rows.js';
import { isCount } from '../checks.js';
import { isPlain } from '../run-files.js';
import type { TensorPlace } from '../safetensors.js';
import { ARRAYS, CHECKSUMS, type Description, FORMAT, TABLES } from './format.js';

const KNOWN = new Set([CHECKSUMS, ...TABLES.flatMap(table => ARRAYS.map(name => `${table}/${name}`))]);

/** @param refuse makes the error to throw @throws that error if a part is missing or of another format */
export function parseDescription(text: string, refuse: (what: string) => Error): Description {
  const description = parse(text);
  if (!isPlain(description)) throw refuse('its description is no JSON object');
  const { format, key, tables } = description;
  // Another format may have other parts.
  if (format !== FORMAT) throw refuse(`expected format ${FORMAT}, got ${JSON.stringify(format)}`);
  const { training, validation } = isPlain(tables) ? tables : {};
  const areTables = isTable(training) && (validation === null || isTable(validation));
  if (typeof key !== 'string' || !areTables) throw refuse('its description lacks a part');
  return description as unknown as Description;
}

/**
 * Checks that each table has x, that all its arrays have as many rows as it, and that there are no others.
 * @throws the error that `refuse` makes
 */
export function checkPlaces(
  places: readonly TensorPlace[],
  { tables }: Description,
  refuse: (what: string) => Error,
): void {
  for (const { name, shape } of places) {
    if (name !== CHECKSUMS && shape.length !== 2) throw refuse(`${name} is no matrix`);
  }
  for (const table of TABLES) {
    const facts = tables[table];
    if (facts === null) continue;
    const arrays = places.filter(({ name }) => name.startsWith(`${table}/`));
    const x = arrays.find(({ name }) => name === `${table}/x`);
    const width = facts.spans ? storedWidth(facts.spans) : facts.data.features;
    if (x?.shape[1] !== width) throw refuse(`${table}/x is missing or has other columns`);
    const other = arrays.find(({ shape }) => shape[0] !== facts.data.rows);
    if (other) throw refuse(`${other.name} has ${other.shape[0]} rows, not ${facts.data.rows}`);
  }
  // With another name, targets would be missing, and the rows those of reconstructions.
  const unknown = places.find(({ name }) => !KNOWN.has(name));
  if (unknown) throw refuse(`${unknown.name} is unknown`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isTable(value: unknown): boolean {
  if (!isPlain(value) || !isPlain(value.data) || !isCount(value.blockRows, 1)) return false;
  const { rows, features } = value.data;
  return isCount(rows) && isCount(features) && (value.spans === null || areSpans(value.spans, features));
}

/** Whether these are spans that become so many features. */
function areSpans(value: unknown, features: number): boolean {
  if (!Array.isArray(value) || !value.every(isSpan)) return false;
  return value.reduce((sum, span) => sum + featuresOf(span), 0) === features;
}

function isSpan(value: unknown): value is Span {
  if (!isPlain(value)) return false;
  const { kind, count, values, on, off } = value;
  if (kind === 'numbers') return isCount(count, 1);
  if (kind === 'oneHot') return isCount(values);
  return kind === 'levels' && areNumbers(on) && areNumbers(off) && on.length === off.length;
}

function areNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(one => typeof one === 'number');
}
