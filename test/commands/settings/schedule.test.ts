import { expect, it } from 'vitest';
import { scaleRate, scheduleFor } from '../../../src/commands/settings/schedule.js';
import type { Settings } from '../../../src/config/options.js';
import { defaults } from '../../../src/config/settings.js';
import { Batches } from '../../../src/model/batches.js';
import { makeSchedule } from '../../../src/model/schedule.js';

/** Ten steps per epoch. */
const batches = new Batches({ batchSize: 4, learningRate: 1 }, 40);
const settingsOf = (settings: Partial<Settings>) => ({ ...defaults(), ...settings });

it.each([
  [{}, makeSchedule('constant', {})],
  [{ warmupSteps: 30 }, makeSchedule('constant', { warmup: 30 })],
  [{ warmupEpochs: 2.5, lrSchedule: 'cosine' }, makeSchedule('cosine', { warmup: 25 })],
  [{ lrSchedule: 'exponential' }, makeSchedule('exponential', { gamma: 0.95 })],
  [{ lrSchedule: 'step', lrGamma: 0.5, lrEvery: 3 }, makeSchedule('step', { gamma: 0.5, every: 3 })],
  [{ lrSchedule: 'polynomial', lrPower: 2, lrEnd: 0 }, makeSchedule('polynomial', { power: 2 })],
  [
    { lrSchedule: 'plateau', lrPatience: 2, lrThreshold: 0, lrCooldown: 1, lrEnd: 0.01, warmupSteps: 5 },
    makeSchedule('plateau', { patience: 2, threshold: 0, cooldown: 1, end: 0.01, warmup: 5 }),
  ],
] as [Partial<Settings>, unknown][])('of %j, with 10 steps per epoch, is %j', (settings, expected) => {
  expect(scheduleFor(settingsOf(settings), batches)).toEqual(expected);
});

it.each([
  [{ warmupSteps: 3, warmupEpochs: 1 }, /--warmup-steps can't be combined with --warmup-epochs/],
  [{ lrSchedule: 'one-cycle', warmupSteps: 3 }, /--lr-schedule one-cycle can't be combined with a warm-up/],
  [{ optimizer: 'rprop', lrSchedule: 'cosine' }, /--optimizer rprop needs a constant --lr/],
] as [Partial<Settings>, RegExp][])('refuses %j', (settings, message) => {
  expect(() => scheduleFor(settingsOf(settings), batches)).toThrow(message);
});

it('converts warm-up epochs to the steps that each has', () => {
  const growing = new Batches(
    { batchSize: 4, batchSchedule: [{ epoch: 2, batchSize: 20 }], learningRate: 1 },
    40,
  );
  expect(scheduleFor(settingsOf({ warmupEpochs: 3.5 }), growing).warmup).toBe(10 + 10 + 2 + 1);
});

it('scales the rate with the batch', () => {
  const scaled = (settings: Partial<Settings>) => scaleRate(0.1, 1024, settingsOf(settings));
  expect(scaled({})).toBe(0.1);
  expect(scaled({ scaleLr: 'linear' })).toBeCloseTo(0.4, 12);
  expect(scaled({ scaleLr: 'sqrt' })).toBeCloseTo(0.2, 12);
  expect(scaled({ scaleLr: 'linear', baseBatchSize: 64 })).toBeCloseTo(1.6, 12);
});
