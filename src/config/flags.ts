/** Texts in which the core names options, for those who type flags: learningRate: 0.001 → --lr 0.001. Pure functions. */
import { LockstepError } from '../errors.js';
import { type NamedOption, writeOptions } from '../option-names.js';
import { quoteListItem, quoteShell } from '../quote.js';
import { nameOf, OPTION_KEYS, type OptionKey, optionOf } from './options.js';

/** The text with its options as they are typed in a shell. */
export function inFlags(text: string): string {
  return writeOptions(text, writeFlags);
}

/** An error's message, if it is one of ours with flags. */
export function messageInFlags(error: Error): string {
  return error instanceof LockstepError ? error.writtenWith(writeFlags).message : error.message;
}

/** Options of one mark, ready to be typed; a name that no option of the command line has stays as it is. */
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

/** For a shell, and for a sentence: a comma alone would be lost in it. */
function quote(text: string): string {
  if (/^[,.;:]?$/.test(text)) return text === '' ? '""' : `'${text}'`;
  return text === "'" ? `"'"` : quoteShell(text);
}

/** The option that the library calls so. */
export function keyOf(property: string): OptionKey | undefined {
  return (
    OPTION_KEYS.find(key => [optionOf(key).property].flat().includes(property)) ??
    OPTION_KEYS.find(key => key === property)
  );
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.map(item => quoteListItem(String(item))).join(',') : String(value);
}
