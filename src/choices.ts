/**
 * Checks of options whose values are words, lists of texts, or true and false. The command line reads them by its own
 * table; here is what a program gives.
 */
import { optionError } from './errors.js';

/** The words of each option. */
export type Choices = Readonly<Record<string, readonly string[]>>;

/** @throws usage at the first option with another word; options that are left out or null pass */
export function checkChoices(options: object, choices: Choices): void {
  for (const [property, words] of Object.entries(choices)) {
    const value = givenIn(options, property);
    if (value == null || words.includes(value as string)) continue;
    throw optionError(property, { expected: words.join(', '), got: value, example: words[0] });
  }
}

/** @throws usage at the first option that is not a list of texts; options that are left out or null pass */
export function checkTexts(options: object, properties: readonly string[]): void {
  for (const property of properties) {
    const value = givenIn(options, property);
    if (value == null) continue;
    if (Array.isArray(value) && value.every(text => typeof text === 'string')) continue;
    throw optionError(property, {
      expected: 'a list of texts',
      got: Array.isArray(value) ? 'a list of something else' : value,
      ...(typeof value === 'string' && { example: [value] }),
    });
  }
}

/** @throws usage at the first option that is neither true nor false; options that are left out pass */
export function checkFlags(options: object, properties: readonly string[]): void {
  for (const property of properties) {
    const value = givenIn(options, property);
    if (value === undefined || typeof value === 'boolean') continue;
    throw optionError(property, { expected: 'true or false', got: value });
  }
}

function givenIn(options: object, property: string): unknown {
  return (options as Readonly<Record<string, unknown>>)[property];
}
