/**
 * Options as they are typed: whole command lines, and texts in which the core names options by their properties
 * (learningRate: 0.001 → --lr 0.001). Pure functions.
 */
import { LockstepError } from '../errors.js';
import { type NamedOption, writeOptions } from '../option-names.js';
import { quoteListItem, quoteShell } from '../quote.js';
import { nameOf, OPTION_KEYS, type OptionKey, optionOf } from './options.js';

/** The text with its options as they are typed in a shell. */
export function inFlags(text: string): string {
  return writeOptions(text, writeFlags);
}

/** The message of an error, with flags if it is a LockstepError. */
export function messageInFlags(error: Error): string {
  return error instanceof LockstepError ? error.writtenWith(writeFlags).message : error.message;
}

/** The options of one mark, ready to be typed. A name that the command line has no option for is kept. */
export function writeFlags(named: readonly NamedOption[]): string {
  return named.map(writeFlag).join(' ');
}

function writeFlag([property, value]: NamedOption): string {
  const key = keyOf(property);
  if (key === undefined) return value === undefined ? property : `${property} ${value}`;
  const flag = `--${nameOf(key)}`;
  if (value === undefined || !optionOf(key).kind.takesValue) return flag;
  const typed = optionOf(key).typed as ((value: unknown) => string) | undefined;
  const text = typeof value === 'string' || !typed ? textOf(value) : typed(value);
  const quoted = quote(text);
  // A lone dash is a value; what begins with one would be taken for an option.
  return /^-./.test(text) ? `${flag}=${quoted}` : `${flag} ${quoted}`;
}

/** Quotes a word for a shell, and for a sentence, in which a single comma would be overlooked. */
function quote(text: string): string {
  if (/^[,.;:]?$/.test(text)) return text === '' ? '""' : `'${text}'`;
  return text === "'" ? `"'"` : quoteShell(text);
}

/** The option that has this name in the library. */
export function keyOf(property: string): OptionKey | undefined {
  return (
    OPTION_KEYS.find(key => optionOf(key).property === property) ?? OPTION_KEYS.find(key => key === property)
  );
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.map(item => quoteListItem(String(item))).join(',') : String(value);
}
