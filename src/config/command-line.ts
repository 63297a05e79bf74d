/** From options as a config file holds them back to a line that can be typed. Pure functions. */

import { quoteListItem, quoteShell } from '../quote.js';
import { type CommandName, nameOf, OPTION_KEYS, OPTIONS, type OptionKey, optionsOf } from './options.js';
import { checkOptions } from './settings.js';

/**
 * The words of `lockstep COMMAND …` with those of these options that aren't as without them. Options that this
 * release doesn't take, or not with this value, are given as they stand: whoever types it is told.
 */
export function commandLine(
  command: CommandName,
  operands: readonly string[],
  options: Readonly<Record<string, unknown>>,
): string[] {
  const words = Object.entries(options).flatMap(([name, value]) => optionWords(command, name, value));
  return ['lockstep', command, ...operands, ...words];
}

/** The line for a POSIX shell. */
export function shellLine(words: readonly string[]): string {
  return words.map(quoteShell).join(' ');
}

function optionWords(command: CommandName, name: string, value: unknown): string[] {
  const key = OPTION_KEYS.find(one => nameOf(one) === name);
  if (key !== undefined && isDefault(command, key, name, value)) return [];
  if (value === true) return [`--${name}`];
  if (value === false) return [];
  if (!Array.isArray(value)) return valueWords(name, String(value));
  // A list of lists: each is given by itself.
  if (value.some(Array.isArray)) return value.flatMap(item => valueWords(name, String(item)));
  return valueWords(name, value.map(item => quoteListItem(String(item))).join(','));
}

/** A separate word that starts with a dash would be taken for an option. */
function valueWords(name: string, text: string): string[] {
  return text.startsWith('-') ? [`--${name}=${text}`] : [`--${name}`, text];
}

function isDefault(command: CommandName, key: OptionKey, name: string, value: unknown): boolean {
  if (!optionsOf(command).includes(key)) return false;
  try {
    const read = checkOptions(command, { [name]: value }, 'config.json')[key];
    return JSON.stringify(read) === JSON.stringify(OPTIONS[key].default);
  } catch {
    return false;
  }
}
