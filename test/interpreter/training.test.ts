/**
 * The interpreter against the bits that `lockstep selfcheck` compares with, which are those of the product's own trainings.
 * With another order of a sum it has others.
 */
import { describe, expect, it } from 'vitest';
import { HASHES } from '../../src/lab/selfcheck/hashes.js';
import { TRAININGS, trainingOf } from '../../src/lab/selfcheck/trainings.js';
import { type Arithmetic, CLASSES } from './arithmetic.js';
import { hashOf, interpret } from './training.js';

describe.each(['fused', 'unfused'] as const)('%s', name => {
  it.each(TRAININGS)('trains to the bits of: %s', training => {
    const outcome = interpret(trainingOf(training), CLASSES[name]);
    expect(hashOf(outcome)).toBe(HASHES[name].trainings[training]);
  });
});

/** One after the other, as they come. */
function sumInOrder<T>(parts: readonly T[], add: (a: T, b: T) => T): T {
  return parts.reduce(add);
}

const OTHERS: [what: string, training: string, Partial<Arithmetic>][] = [
  ['the shards added one after the other', 'adam', { sum: sumInOrder }],
  ['blocks of 128 terms', 'a product longer than 256', { block: 128 }],
  ['blocks of 512 terms', 'a product longer than 256', { block: 512 }],
  ['a multiply-add that is rounded twice', 'no hidden layer', CLASSES.unfused],
];

it.each(OTHERS)('has other bits with %s', (_, training, other) => {
  const outcome = interpret(trainingOf(training), { ...CLASSES.fused, ...other });
  expect(hashOf(outcome)).not.toBe(HASHES.fused.trainings[training]);
});
