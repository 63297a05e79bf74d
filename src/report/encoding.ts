/** What goes into a network and comes out, in words: inputs, targets, classes. Pure functions. */
import type { Encoding } from '../data/dataset.js';
import { counted } from './format.js';

/** 12, from 8 columns */
export function inputsText({ kind, columns }: Encoding, features: number): string {
  return kind === 'pixels'
    ? counted(features, 'pixel')
    : `${features}, from ${counted(columns.length, 'column')}`;
}

/** price, transformed (log), standardised */
export function targetsText({ targets, targetScales, targetTransforms }: Encoding): string {
  const scaled = targetScales.some(({ mean, deviation }) => mean !== 0 || deviation !== 1);
  const transform = targetTransforms ? `, transformed (${targetTransforms[0]!.kind})` : '';
  return `${abridge(targets)}${transform}${scaled ? ', standardised' : ''}`;
}

/** One line per label: `label even`, 0 or 1 (898 rows). */
export function labelPairs(
  { targets, labelClasses = [] }: Encoding,
  counts: readonly { positives: number }[] = [],
): [string, string][] {
  return labelClasses.map(([first, second], k) => {
    const rows = counts[k] ? ` (${counted(counts[k].positives, 'row')})` : '';
    return [`label ${targets[k]}`, `${first} or ${second}${rows}`];
  });
}

const MOST_NAMES = 10;

/** The first names, and how many more there are. */
export function abridge(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(', ')}${more > 0 ? `, … (${more} more)` : ''}`;
}
