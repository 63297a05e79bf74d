import { describe, expect, it } from 'vitest';
import { checkNeeds } from '../../../src/commands/settings/needs.js';
import type { CommandName, Settings } from '../../../src/config/options.js';
import { defaults } from '../../../src/config/settings.js';

const check = (command: CommandName, settings: Partial<Settings>, given: Partial<Settings> = {}) =>
  checkNeeds(command, { ...defaults(), optimizer: 'adam', ...settings, ...given }, { given });

describe('an option without what it needs is refused', () => {
  it.each([
    [
      { lrGamma: 0.5 },
      '--lr-gamma needs --lr-schedule step, exponential, inverse-time or plateau; got constant.',
      'Try --lr-schedule step, or leave --lr-gamma out.',
    ],
    [
      { lrSchedule: 'cosine', lrEvery: 2 },
      '--lr-every needs --lr-schedule step; got cosine.',
      'Try --lr-schedule step, or leave --lr-every out.',
    ],
    [
      { baseBatchSize: 64 },
      '--base-batch-size needs --scale-lr linear or sqrt; got none.',
      'Try --scale-lr linear, or leave --base-batch-size out.',
    ],
    [
      { momentum: 0.9 },
      '--momentum needs --optimizer sgd, rmsprop or lars; got adam.',
      'Try --optimizer sgd, or leave --momentum out.',
    ],
    [
      { huberDelta: 2 },
      '--huber-delta needs --loss huber; got auto.',
      'Try --loss huber, or leave --huber-delta out.',
    ],
    [{ minDelta: 0.1 }, '--min-delta needs --patience.', 'Try --patience 5, or leave --min-delta out.'],
    [{ lrLow: 0.1 }, '--lr-low needs --find-lr.', 'Try --find-lr, or leave --lr-low out.'],
  ] as [Partial<Settings>, string, string][])('%j', (settings, message, hint) => {
    expect(() => check('train', settings)).toThrow(expect.objectContaining({ code: 'usage', message, hint }));
  });

  it('even if its default value was typed', () => {
    expect(() => check('scale', {}, { repeats: 6 })).not.toThrow();
    expect(() => check('scale', { mode: 'batch' }, { repeats: 6 })).toThrow(
      '--repeats needs --mode strong or weak; got batch.',
    );
  });
});

it.each([
  ['train', { lrSchedule: 'plateau', lrCooldown: 2 }],
  ['train', { patience: 3, minDelta: 0.1 }],
  ['train', { findLr: true, lrSteps: 20 }],
  // Only scale needs --mode batch for it.
  ['train', { epochs: 5 }],
] as [CommandName, Partial<Settings>][])('%s takes %j', (command, settings) => {
  expect(() => check(command, settings)).not.toThrow();
});
