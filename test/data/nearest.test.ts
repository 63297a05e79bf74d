/** The column that was probably meant. */
import { expect, it } from 'vitest';
import { nearestName } from '../../src/data/nearest.js';

it.each([
  ['prise', 'price'],
  ['PRICE', 'price'],
  ['pric', 'price'],
  ['room', 'rooms'],
  ['rom', undefined],
  ['rooms', 'rooms'],
  ['weather', undefined],
  ['', undefined],
])('for %j is %j', (typed, name) => {
  expect(nearestName(typed, ['rooms', 'garden', 'price'])).toBe(name);
});

it('is none among no names', () => {
  expect(nearestName('a', [])).toBeUndefined();
});
