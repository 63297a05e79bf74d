/** Numbers that the kernels take in float32: those that would be infinite, 0 or 1 there are refused before any file is read. */
import { describe, expect, it } from 'vitest';
import { runInside } from './lockstep.js';

const refuse = async (words: string, message: string) => {
  const { code, stderr } = await runInside(`train none.csv ${words}`.split(' '));
  const [option, value] = words.split(' ').slice(-2);
  expect([code, stderr.split('\n')[0]]).toEqual([2, `error: ${option}: expected ${message}, got ${value}.`]);
};

const ABOVE = 'a number above 0 that float32 can hold';
const FROM = 'a number from 0 that float32 can hold';
const PART = 'a number from 0, below 1 in float32 too';

describe.each(['1e39', '1e-50'])('%s is refused for', value => {
  it.each([
    ['--lr', ABOVE],
    ['--epsilon', ABOVE],
    ['--trust', ABOVE],
    ['--clip-norm', ABOVE],
    ['--clip-value', ABOVE],
    ['--huber-delta', ABOVE],
    ['--lr-low', ABOVE],
    ['--lr-high', ABOVE],
    ['--l1', FROM],
    ['--l2', FROM],
    ['--weight-decay', FROM],
    ['--input-noise', FROM],
  ])('%s', (option, message) => refuse(`${option} ${value}`, message));

  it('--class-weights', () =>
    refuse(
      `--class-weights ${value}`,
      'balanced, numbers from 0 that float32 can hold, or NAME=NUMBER for classes or labels, with commas between them',
    ));
});

it.each(['--momentum', '--beta1', '--beta2', '--input-dropout', '--label-smoothing'])(
  '0.99999999, which is 1 there, is refused of %s',
  option => refuse(`${option} 0.99999999`, PART),
);

it('accepts the largest and smallest numbers of float32', async () => {
  const line =
    'train synthetic:20x2x2 --epochs 1 --l2 1e-45 --clip-value 3.4e38 --momentum 0.9999999 --quiet';
  const { code, stderr } = await runInside([...line.split(' '), '--find-lr', '--lr-steps', '10']);
  expect([code, stderr]).toEqual([2, expect.stringContaining("--epochs can't be combined with --find-lr")]);
});
