/**
 * A change of the source, with the property by which the checker finds it; null: it makes no difference, and the checker must
 * not object. A change is made to the text before it is transformed.
 */
import type { Change } from '../program.js';

export interface SeededChange {
  name: string;
  changes: readonly Change[];
  property: string | null;
}

/** A change that is tried in one scenario. */
export interface NamedChange extends SeededChange {
  scenario: string;
}

/** Makes a change of one file. @param scenario the scenario in which it is tried */
export function change(
  scenario: string,
  name: string,
  property: string | null,
  path: string,
  ...texts: [from: string, to: string][]
): NamedChange {
  return { scenario, name, property, changes: texts.map(([from, to]) => ({ path, from, to })) };
}
