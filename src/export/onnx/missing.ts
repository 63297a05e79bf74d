/** The texts that stand for missing values, in every spelling, for a graph, which can't compare without case. */
import { MISSING_MARKS } from '../../data/table/number-text.js';

/** NA, Na, nA, na. */
function casesOf(text: string): string[] {
  return [...text].reduce<string[]>(
    (begun, letter) => {
      const cases = [...new Set([letter.toLowerCase(), letter.toUpperCase()])];
      return begun.flatMap(before => cases.map(one => before + one));
    },
    [''],
  );
}

export const MISSING_SPELLINGS: readonly string[] = [...MISSING_MARKS].flatMap(casesOf);
