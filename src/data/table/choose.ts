/**
 * Which columns are targets and which are features, by the names that were given. Knows what columns there
 * are, not what is in them.
 */
import { type LockstepError, usageError } from '../../errors.js';
import { nearest } from '../../nearest.js';
import { quoteList, quoteListItem } from '../../quote.js';
import type { Offer } from './duckdb.js';

export interface Choice {
  targets: string[];
  /** Of what each row weighs; null: there is none. */
  weight: string | null;
  features: string[];
}

/** Names that make a column the target without being asked for, where there is just one of them. */
const USUAL_TARGETS = ['target', 'label', 'class', 'y'];

/** The columns to learn from. Features are all others than targets and weights unless named. @throws usage */
export function chooseColumns(
  offers: readonly Offer[],
  named: {
    target: string[] | null;
    features: string[] | null;
    targetIsInput?: boolean;
    weightColumn?: string | null;
  },
  source: string,
): Choice {
  const names = offers.map(offer => offer.name);
  const targets = named.targetIsInput
    ? []
    : named.target?.length
      ? named.target
      : [findUsualTarget(names, source)];
  checkNames('--target', targets, offers, source);
  const weight = named.weightColumn ?? null;
  if (weight !== null) checkWeight(weight, targets, named.features, offers, source);
  const features = named.features ?? names.filter(name => !targets.includes(name) && name !== weight);
  const both = features.find(name => targets.includes(name));
  if (both !== undefined) {
    throw usageError(
      `--features: expected columns other than the target, got "${both}".`,
      'Leave it out there.',
    );
  }
  if (features.length === 0) {
    throw usageError(`${source}: expected columns besides the target to learn from, got none.`, HEADER_HINT);
  }
  checkNames('--features', features, offers, source);
  return { targets, weight, features };
}

/** A column by itself: neither predicted nor learnt from. */
function checkWeight(
  weight: string,
  targets: string[],
  features: string[] | null,
  offers: readonly Offer[],
  source: string,
): void {
  checkNames('--weight-column', [weight], offers, source);
  const other = targets.includes(weight) ? 'the target' : features?.includes(weight) ? 'the features' : null;
  if (other === null) return;
  throw usageError(`--weight-column: expected a column other than ${other}, got "${weight}".`);
}

const HEADER_HINT = 'Is the delimiter a comma, a tab, a semicolon, a bar or a space?';

function findUsualTarget(names: readonly string[], source: string): string {
  const usual = names.filter(name => USUAL_TARGETS.includes(name.toLowerCase()));
  if (usual.length === 1) return usual[0]!;
  const suggestion = usual[0] ?? names.at(-1);
  throw usageError(
    `--target: expected the name of the column to predict, one of ${list(names)} of ${source}, got none.`,
    `Try --target ${quoteList([suggestion ?? ''])}.${headerHint(names)}`,
  );
}

/** Each name is a column, once, and of a type that can be learnt from. */
export function checkNames(
  where: string,
  wanted: readonly string[],
  offers: readonly Offer[],
  source: string,
): void {
  checkThere(where, wanted, offers, source);
  const other = offers.find(({ name, kind }) => kind === 'other' && wanted.includes(name));
  if (other !== undefined) throw unreadableColumn(other, source);
}

/** Each name is a column, once. */
export function checkThere(
  where: string,
  wanted: readonly string[],
  offers: readonly Offer[],
  source: string,
): void {
  const names = offers.map(offer => offer.name);
  for (const [i, name] of wanted.entries()) {
    if (wanted.indexOf(name) < i) {
      throw usageError(`${where}: expected each column once, got "${name}" twice.`, 'Leave one out.');
    }
    if (!names.includes(name)) throw unknownColumn(where, name, names, source);
  }
}

function unknownColumn(where: string, name: string, names: readonly string[], source: string) {
  const near = nearest(name, names);
  const hint =
    near === undefined ? `It has ${list(names)}.` : `Did you mean "${near}"?${commaHint(where, near)}`;
  return usageError(
    `${where}: expected a column of ${source}, got "${name}", which is none.`,
    `${hint}${headerHint(names)}`,
  );
}

/** A name with a comma was perhaps typed, and split there. */
function commaHint(where: string, name: string): string {
  return where.startsWith('--') && name.includes(',')
    ? ` Type it in quotes: ${where} ${quoteList([name])}.`
    : '';
}

/** A column that was learnt from, and that a file does not have. */
export function absentColumn(name: string, names: readonly string[], source: string): LockstepError {
  const near = nearest(name, names);
  const hint =
    near === undefined
      ? 'Give a table with the columns learnt from.'
      : `Is "${near}" meant? Rename it: --query 'SELECT * RENAME (${quoteSqlName(near)} AS ${quoteSqlName(name)}) FROM data'.`;
  return usageError(
    `${source}: expected the column "${name}", which was learnt from, got ${list(names)}.`,
    `${hint}${headerHint(names)}`,
  );
}

function unreadableColumn({ name, type }: Offer, source: string): LockstepError {
  const isTime = /DATE|TIME|INTERVAL/.test(type) && !/[[(]/.test(type);
  const got = isTime ? 'dates or times' : type.length > 40 ? `${type.slice(0, 40)}…` : type;
  const column = quoteSqlName(name);
  const sql = `SELECT * REPLACE (epoch(${column}) AS ${column}) FROM data`;
  return usageError(
    `${source}, column "${name}": expected numbers, booleans or text, got ${got}.`,
    `Leave it out with --features${isTime ? `, or make a number of it: --query '${sql}'` : ''}.`,
  );
}

function quoteSqlName(name: string): string {
  return /^[a-z_]\w*$/i.test(name) ? name : `"${name}"`;
}

/** Names that are all numbers were not meant as names. */
function headerHint(names: readonly string[]): string {
  const isNumber = (name: string) => name.trim() !== '' && Number.isFinite(Number(name));
  return names.every(isNumber) ? ' If the first line holds no names, add --no-header.' : '';
}

/** Names shown before the rest is counted. */
const SHOWN = 12;

function list(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map(quoteListItem).join(', ');
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown;
}
