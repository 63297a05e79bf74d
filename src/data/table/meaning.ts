/**
 * Determines from all its cells what a column of texts means: numbers, booleans, dates, or categories. A
 * column that nearly fits but is spelled differently is not guessed at; it is reported with the option to
 * use. Pure functions.
 */
import { option } from '../../option-names.js';
import { BOOLEANS, parseBoolean } from './boolean.js';
import { MOSTLY } from './collect-text.js';
import type { Texts } from './column.js';
import { type Cure, hintOf } from './column-hints.js';
import { isDateText } from './date.js';
import {
  hasOtherDecimal,
  isLikelyMark,
  isMissingText,
  parseNumber,
  parseUnit,
  parseWritten,
  type Writing,
} from './number-text.js';

export type Meaning =
  | { kind: 'number' | 'boolean' | 'category' | 'time' }
  /** It can't be used as it is. If there is a cure, the hint names it. */
  | { kind: 'unclear'; problem: string; hint: string; cure?: Cure };

/** How cells of booleans are read. */
export const BOOLEAN_CELLS = { parse: parseBoolean, expected: 'yes or no, true or false', isBoolean: true };

/** Whether the words form one pair. A single letter is ambiguous: F may mean female. */
function areBooleans(words: readonly string[]): boolean {
  const isPair = words.length > 1 || words[0]!.length > 1;
  return isPair && BOOLEANS.some(pair => words.every(word => pair.includes(word)));
}

/** Meaning of the texts that are values. */
export function meaningOf(name: string, column: Texts, writing: Writing): Meaning {
  const valued = column.texts
    .map((text, i) => ({ text, count: column.counts[i]! }))
    .filter(({ text }) => !isMissingText(text, writing));
  const all = sum(valued);
  if (all === 0) return { kind: 'unclear', problem: 'it has no value in any row', hint: leaveOut(name) };
  const words = new Set(valued.map(({ text }) => text.trim().toLowerCase()));
  if (areBooleans([...words])) return { kind: 'boolean' };
  const share = (test: (text: string) => boolean) => sum(valued.filter(({ text }) => test(text))) / all;
  const isNumber = (text: string) => !Number.isNaN(parseNumber(text, writing.decimal));
  if (share(isNumber) >= MOSTLY) return { kind: 'number' };
  const isWritten = (text: string) => isNumber(text) || parseWritten(text, writing.decimal) !== null;
  const isOther = (text: string) => isWritten(text) || hasOtherDecimal(text, writing.decimal);
  const isNearly = (text: string) => isOther(text) || isLikelyMark(text);
  if (share(isNearly) >= MOSTLY && share(isOther) >= 0.5) {
    return unclearNumbers(
      name,
      valued.map(({ text }) => text).filter(text => !isNumber(text)),
      writing,
    );
  }
  const strangers = valued.filter(({ text }) => !isOther(text));
  const different = new Set(valued.flatMap(({ text }) => (isNumber(text) ? [Number(text)] : []))).size;
  if (share(isNumber) >= 0.5 && different > FEW_SIZES) return mixed(name, strangers);
  if (isNearlyBoolean(valued))
    return mixed(
      name,
      valued.filter(({ text }) => Number.isNaN(parseBoolean(text))),
    );
  if (share(isDateText) >= MOSTLY) return { kind: 'time' };
  return (
    unitMeaning(
      name,
      valued.map(({ text }) => text),
      writing,
    ) ?? { kind: 'category' }
  );
}

/** Numbers or booleans mixed with unexplained texts. */
function mixed(name: string, strangers: readonly { text: string; count: number }[]): Meaning {
  const often = [...strangers].sort((a, b) => b.count - a.count).slice(0, 3);
  const rows = sum(strangers).toLocaleString('en');
  const texts = often.map(({ text }) => show(text)).join(', ');
  const problem = `it mixes values with other texts, in ${rows} rows, such as ${texts}`;
  return unclear(name, problem, { kind: 'marks', marks: often.map(({ text }) => text.trim()) });
}

/** Whether the column contains booleans and a mark that other programs write for missing values. */
function isNearlyBoolean(valued: readonly { text: string }[]): boolean {
  const words = valued.map(({ text }) => text.trim().toLowerCase());
  // A third word may be a separate answer.
  const others = words.filter(word => !isLikelyMark(word) || /^[a-z]{5,}$/.test(word));
  return (
    others.length < words.length &&
    BOOLEANS.some(
      pair => pair.every(word => others.includes(word)) && others.every(word => pair.includes(word)),
    )
  );
}

/** With fewer distinct numbers, values with units may be sizes, that is categories. */
const FEW_SIZES = 20;

/** Numbers that are all followed by the same unit. */
function unitMeaning(name: string, texts: readonly string[], { decimal }: Writing): Meaning | null {
  if (texts.length < FEW_SIZES) return null;
  const found = texts.map(text => parseUnit(text, decimal));
  const units = new Set(found.map(one => one?.unit));
  if (units.size > 1 || found[0] === null) return null;
  const problem = `it looks like numbers with a unit, such as ${show(texts[0]!)}`;
  return unclear(name, problem, { kind: 'numeric' });
}

function sum(texts: readonly { count: number }[]): number {
  return texts.reduce((total, { count }) => total + count, 0);
}

export function unclear(name: string, problem: string, cure: Cure): Meaning {
  return { kind: 'unclear', problem, cure, hint: hintOf(cure, [name]) };
}

/** Numbers in unusual formats, or marks for missing ones, with the option that reads them. */
function unclearNumbers(name: string, texts: readonly string[], writing: Writing): Meaning {
  const decimal = texts.find(text => hasOtherDecimal(text, writing.decimal));
  const written = texts.find(text => parseWritten(text, writing.decimal) !== null);
  const marks = texts.filter(isLikelyMark);
  if (decimal !== undefined && (written === undefined || isDecimalComma(texts, writing))) {
    const sign = writing.decimal === '.' ? ',' : '.';
    const problem = `it looks like numbers with a decimal ${sign === ',' ? 'comma' : 'point'}, such as ${show(decimal)}`;
    return unclear(name, problem, { kind: 'decimal', sign });
  }
  if (written !== undefined) {
    const { way } = parseWritten(written, writing.decimal)!;
    const problem = `it looks like numbers with ${way}, such as ${show(written)}`;
    return unclear(name, problem, { kind: 'numeric' });
  }
  const shown = marks.slice(0, 3).map(show).join(' and ');
  const problem = `it looks like numbers, with ${shown} for missing values`;
  return unclear(name, problem, { kind: 'marks', marks: marks.map(mark => mark.trim()) });
}

/** 1,500 may be 1.5 or 1500; a single text like 1,5 decides for the decimal comma. */
function isDecimalComma(texts: readonly string[], { decimal }: Writing): boolean {
  return texts.some(text => hasOtherDecimal(text, decimal) && parseWritten(text, decimal) === null);
}

function show(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

function leaveOut(name: string): string {
  return `Leave it out: ${option('ignore', [name])}.`;
}
