/**
 * Numbers as texts: the plain way to write one, the other ways that people use, and the marks for a missing one. Pure
 * functions.
 */

/** How a file writes numbers, and which of its texts stand for no value. */
export interface Writing {
  /** Between whole and fraction. */
  decimal: '.' | ',';
  /** Texts that stand for a missing value besides the usual ones, as they are given. */
  naValues: readonly string[];
}

export const PLAIN: Writing = { decimal: '.', naValues: [] };

/** Compared without regard to case and surrounding blanks. */
const MISSING_MARKS: ReadonlySet<string> = new Set(['', 'na', 'n/a', 'nan', '-nan', '+nan', 'null', '?']);

/** Marks that other programs write, and that may be values too. */
const LIKELY_MARKS: ReadonlySet<string> = new Set([
  ...[
    'none',
    '<na>',
    '#n/a',
    '#na',
    '#n/a n/a',
    '#null!',
    '#div/0!',
    '#value!',
    '#ref!',
    '#num!',
    'nil',
    '<null>',
  ],
  ...[
    '-',
    '--',
    '---',
    '–',
    '—',
    '.',
    '..',
    '...',
    'n.a.',
    'n.a',
    '\\n',
    'missing',
    'unknown',
    'undefined',
    'nat',
  ],
]);

/** Whether a text stands for no value. */
export function isMissingText(text: string, writing = PLAIN): boolean {
  return MISSING_MARKS.has(text.trim().toLowerCase()) || isNaValue(text, writing);
}

/** Whether the user has said that a text stands for no value; -999.0 is -999, with a decimal comma -999,0 too. */
export function isNaValue(text: string, writing: Writing): boolean {
  const { naValues, decimal } = writing;
  if (naValues.length === 0) return false;
  const trimmed = text.trim();
  if (naValues.includes(trimmed) || naValues.includes(text)) return true;
  return naNumbers(writing).has(parseNumber(trimmed, decimal));
}

/** The numbers that stand for no value; they may be given with a point in any case. */
export function naNumbers({ naValues, decimal }: Writing): ReadonlySet<number> {
  const numbers = naValues.flatMap(text => [parseNumber(text), parseNumber(text, decimal)]);
  return new Set(numbers.filter(value => !Number.isNaN(value)));
}

/** Whether a text between numbers is likely to stand for a missing one, though nobody said so. */
export function isLikelyMark(text: string): boolean {
  return LIKELY_MARKS.has(text.trim().toLowerCase());
}

const POINT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const COMMA = /^[+-]?(\d+,?\d*|,\d+)(e[+-]?\d+)?$/i;
const INFINITE = /^([+-]?)inf(inity)?$/i;

/** The number that a text spells plainly, or NaN. */
export function parseNumber(text: string, decimal: Writing['decimal'] = '.'): number {
  const trimmed = text.trim();
  if (decimal === ',' && COMMA.test(trimmed)) return Number(trimmed.replace(',', '.'));
  if (decimal === '.' && POINT.test(trimmed)) return Number(trimmed);
  const infinite = INFINITE.exec(trimmed);
  if (infinite === null) return Number.NaN;
  return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** A number that is not written plainly, and in which way. */
export interface Written {
  value: number;
  way: string;
}

const CURRENCY = /^(?:\p{Sc}|[A-Z]{3}(?=[\s\d.,+-]))\s*|\s*(?:\p{Sc}|\b[A-Z]{3})$/gu;
const GROUPS = {
  '.': /^\d{1,3}(?:([,\s'’_])\d{3})(?:\1\d{3})*(?:\.\d*)?$/,
  ',': /^\d{1,3}(?:([.\s'’_])\d{3})(?:\1\d{3})*(?:,\d*)?$/,
} as const;

/**
 * The number that a text spells in a way other than plainly: with thousands separators, a percent sign, a currency, a
 * minus of typesetting, in parentheses if negative, or with the other decimal sign. null if it spells none. A percentage is the number before its sign.
 */
export function parseWritten(text: string, decimal: Writing['decimal'] = '.'): Written | null {
  const ways: string[] = [];
  let rest = text.trim();
  const strip = (pattern: RegExp, replacement: string, way: string) => {
    const stripped = rest.replace(pattern, replacement);
    if (stripped !== rest) ways.push(way);
    rest = stripped.trim();
  };
  strip(/^\((.*)\)$/, '-$1', 'parentheses');
  strip(/[\u2212\u2013\uff0d]/u, '-', 'a typographic minus sign');
  strip(/\s*[%‰]$/, '', 'a percent sign');
  const [, sign = '', unsigned = rest] = /^([+-]?)\s*(.*)$/s.exec(rest) ?? [];
  rest = unsigned;
  strip(CURRENCY, '', 'a currency');
  const [, inner = '', digits = rest] = /^([+-]?)\s*(.*)$/s.exec(rest) ?? [];
  if (sign !== '' && inner !== '') return null;
  rest = digits;
  if (GROUPS[decimal].test(rest)) {
    strip(decimal === '.' ? /[,\s'’_]/g : /[.\s'’_]/g, '', 'thousands separators');
  }
  const value = parseNumber(rest, decimal);
  if (Number.isFinite(value))
    return { value: (sign || inner) === '-' ? -value : value, way: ways.join(' and ') };
  return null;
}

const UNIT = /^(.*\d[.,]?)\s*([\p{L}°µ]+(?:[²³]|\/\p{L}+)?)$/su;

/** Letters that stand for thousands and more are no units. */
const MULTIPLES = /^(k|m|g|t|b|bn|mn|mio|mrd|mill?|bill?|thousand|million|billion)\.?$/i;

/** A number and the unit behind it, 594.6 kg; null if it is none. */
export function parseUnit(
  text: string,
  decimal: Writing['decimal'] = '.',
): { value: number; unit: string } | null {
  const [, digits = '', unit = ''] = UNIT.exec(text.trim()) ?? [];
  if (unit === '' || (MULTIPLES.test(unit) && unit !== 'm' && unit !== 'g')) return null;
  const value = parseNumber(digits, decimal);
  const number = Number.isFinite(value) ? value : (parseWritten(digits, decimal)?.value ?? Number.NaN);
  return Number.isFinite(number) ? { value: number, unit } : null;
}

/** Whether a text is a number with the other decimal sign, in groups or not. */
export function hasOtherDecimal(text: string, decimal: Writing['decimal']): boolean {
  const other = decimal === '.' ? ',' : '.';
  const trimmed = text.trim();
  if (!trimmed.includes(other) || !Number.isNaN(parseNumber(trimmed, decimal))) return false;
  if (!Number.isNaN(parseNumber(trimmed, other))) return true;
  return (parseWritten(trimmed, other) ?? null) !== null;
}

/** The percent sign, currency or unit that a number is written with; the empty text if it has none. */
export function unitOf(text: string): string {
  const [sign = ''] = /[%‰]|\p{Sc}|\b[A-Z]{3}\b/u.exec(text) ?? [];
  return sign || (parseUnit(text)?.unit ?? '');
}

/** The number that a text spells in any way; NaN if it spells none. */
export function parseAny(text: string, decimal: Writing['decimal']): number {
  const plain = parseNumber(text, decimal);
  if (!Number.isNaN(plain)) return plain;
  return (parseWritten(text, decimal) ?? parseUnit(text, decimal))?.value ?? Number.NaN;
}

/** Powers of ten that float64 holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));
/** Whole numbers of up to so many digits are exact, and so is their quotient by such a power, rounded once. */
const EXACT_DIGITS = 15;

/**
 * The number that some ASCII bytes spell plainly, or NaN if they spell none, or one for parseNumber: longer, with an
 * exponent or blanks. At most 15 digits m and k of them after the point: m / 10ᵏ, rounded once, is the nearest float64.
 *
 * @param point the byte of the decimal sign
 */
export function parseBytes(bytes: Uint8Array, begin: number, end: number, point: number): number {
  let at = begin;
  const first = bytes[at]!;
  const negative = first === 45;
  if (negative || first === 43) at++;
  let whole = 0;
  let digits = 0;
  let fraction = 0;
  for (; at < end; at++, digits++) {
    const digit = bytes[at]! - 48;
    if (digit < 0 || digit > 9) break;
    whole = whole * 10 + digit;
  }
  if (at < end && bytes[at] === point) {
    for (at++; at < end; at++, digits++, fraction++) {
      const digit = bytes[at]! - 48;
      if (digit < 0 || digit > 9) break;
      whole = whole * 10 + digit;
    }
  }
  if (at < end || digits === 0 || digits > EXACT_DIGITS) return Number.NaN;
  const value = fraction === 0 ? whole : whole / POWERS[fraction]!;
  return negative ? -value : value;
}
