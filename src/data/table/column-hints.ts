/**
 * Hints for columns that need an option to be readable: one hint for each option, however many columns need
 * it.
 */
import { option, options } from '../../option-names.js';

/** The option that makes a column readable. */
export type Cure =
  | { kind: 'numeric' | 'dates' }
  | { kind: 'decimal'; sign: '.' | ',' }
  /** Texts that stand for missing numbers. */
  | { kind: 'marks'; marks: readonly string[] };

/** Hint about the columns. */
export function hintOf(cure: Cure, names: readonly string[]): string {
  switch (cure.kind) {
    case 'numeric':
      return `Add ${option('numeric', names)} to read ${names.length === 1 ? 'it' : 'them'} as numbers, ${keepTexts(names)}.`;
    case 'dates':
      return `Add ${option('dates', 'parts')} or ${option('dates', 'epoch')} to learn from dates, or ${option('ignore', names)}.`;
    case 'decimal':
      return `Add ${option('decimal', cure.sign)}, ${keepTexts(names)}.`;
    case 'marks':
      return `Add ${options({ naValues: cure.marks, missing: 'mean' })}, ${keepTexts(names)}.`;
  }
}

/** Additional hint for columns that are not targets. */
export function keepTexts(names: readonly string[]): string {
  return `or ${option('categorical', names)} to keep the texts`;
}

/** Hints for several columns, in the order in which they first occur. */
export function mergeHints(columns: readonly { name: string; cure?: Cure; hint: string }[]): string[] {
  const cures = new Map<string, { cure: Cure; names: string[] }>();
  const others: string[] = [];
  for (const { name, cure, hint } of columns) {
    if (!cure) {
      if (!hint.startsWith('Leave it out')) others.push(hint);
      continue;
    }
    const key = cure.kind === 'decimal' ? cure.sign : cure.kind;
    const known = cures.get(key);
    cures.set(key, { cure: known ? join(known.cure, cure) : cure, names: [...(known?.names ?? []), name] });
  }
  return [...[...cures.values()].map(({ cure, names }) => hintOf(cure, names)), ...new Set(others)];
}

/** Joins two cures of the same kind. */
function join(a: Cure, b: Cure): Cure {
  if (a.kind !== 'marks' || b.kind !== 'marks') return a;
  return { kind: 'marks', marks: [...new Set([...a.marks, ...b.marks])] };
}
