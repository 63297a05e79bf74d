/**
 * Options as they are typed: whole command lines, and texts in which the core names options by their properties
 * (learningRate: 0.001 → --lr 0.001). Pure functions.
 */
import { LockstepError } from '../errors.js';
import { type NamedOption, writeOptions } from '../option-names.js';
import { quoteShell } from '../quote.js';
import { plainValue, typedText } from './kinds.js';
import { nameOf, OPTION_KEYS, OPTIONS, type OptionKey, optionOf } from './options.js';
import { checkOptions } from './settings.js';

/** A command line for a POSIX shell. */
export function shellLine(words: readonly string[]): string {
  return words.map(quoteShell).join(' ');
}

/**
 * The line that trains with these options, as a config file holds them, without those that have their defaults. Options
 * and values that this release does not take are kept, so that typing the line tells what is wrong with them.
 */
export function trainLine(data: string, options: Readonly<Record<string, unknown>>): string {
  return shellLine(['lockstep', 'train', data, ...optionWords(options)]);
}

/** The words that give train these options. */
export function optionWords(options: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    if (value === false || isDefault(name, value)) return [];
    return value === true ? [`--${name}`] : flagWords(name, typedText(value));
  });
}

/** Whether train would do the same without this option. */
export function isDefault(name: string, value: unknown): boolean {
  try {
    const read = Object.entries(checkOptions('train', { [name]: value }, 'config.json'));
    return read.every(
      ([key, one]) => JSON.stringify(one) === JSON.stringify(OPTIONS[key as OptionKey].default),
    );
  } catch {
    return false;
  }
}

/** An option and its value. A separate word that starts with a dash would be taken for an option; a lone dash is a value. */
function flagWords(name: string, text: string): string[] {
  return /^-./.test(text) ? [`--${name}=${text}`] : [`--${name}`, text];
}

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
  const { kind } = optionOf(key);
  if (value === undefined || !kind.takesValue) return `--${nameOf(key)}`;
  const text = typedText(plainValue(kind, value));
  return flagWords(nameOf(key), text).map(quote).join(' ');
}

/** Quotes a word for a shell, and for a sentence, in which a single comma would be overlooked. */
function quote(text: string): string {
  if (/^[,.;:]?$/.test(text)) return text === '' ? '""' : `'${text}'`;
  return text === "'" ? `"'"` : quoteShell(text);
}

/** The option that has this name in the library. */
export function keyOf(property: string): OptionKey | undefined {
  return (
    OPTION_KEYS.find(key => [optionOf(key).property].flat().includes(property)) ??
    OPTION_KEYS.find(key => key === property)
  );
}
