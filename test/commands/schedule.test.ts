import { expect, it } from 'vitest';
import { scaleRate, scheduleFor } from '../../src/commands/schedule.js';
import type { Settings } from '../../src/config/options.js';
import { defaults } from '../../src/config/settings.js';
import { makeSchedule } from '../../src/model/schedule.js';

const settingsOf = (settings: Partial<Settings>) => ({ ...defaults(), ...settings });

it.each([
  [{}, makeSchedule('constant', {})],
  [{ warmupSteps: 30 }, makeSchedule('constant', { warmup: 30 })],
  [{ warmupEpochs: 2.5, lrSchedule: 'cosine' }, makeSchedule('cosine', { warmup: 25 })],
  [{ lrSchedule: 'exponential' }, makeSchedule('exponential', { gamma: 0.95 })],
  [{ lrSchedule: 'step', lrGamma: 0.5, lrEvery: 3 }, makeSchedule('step', { gamma: 0.5, every: 3 })],
  [{ lrSchedule: 'polynomial', lrPower: 2, lrEnd: 0 }, makeSchedule('polynomial', { power: 2 })],
] as [Partial<Settings>, unknown][])('%j, 10 steps an epoch', (settings, expected) => {
  expect(scheduleFor(settingsOf(settings), 10)).toEqual(expected);
});

it.each([
  [{ lrGamma: 0.5 }, /--lr-gamma: expected --lr-schedule step, exponential, inverse-time, got constant/],
  [{ lrSchedule: 'cosine', lrEvery: 2 }, /--lr-every: expected --lr-schedule step, got cosine/],
  [{ lrSchedule: 'step', lrEnd: 0.1 }, /--lr-end: expected --lr-schedule cosine, polynomial, got step/],
  [{ lrSchedule: 'cosine', lrPower: 2 }, /--lr-power: .*got cosine/],
  [{ warmupSteps: 3, warmupEpochs: 1 }, /--warmup-steps: expected none beside --warmup-epochs/],
  [{ lrSchedule: 'one-cycle', warmupSteps: 3 }, /--lr-schedule one-cycle: expected no warm-up/],
  [{ optimizer: 'rprop', lrSchedule: 'cosine' }, /--optimizer rprop: expected a constant --lr/],
  [{ baseBatchSize: 64 }, /--base-batch-size: expected --scale-lr beside it/],
] as [Partial<Settings>, RegExp][])('refuses %j', (settings, message) => {
  expect(() => scheduleFor(settingsOf(settings), 10)).toThrow(message);
});

it('scales the rate by the batch', () => {
  const scaled = (settings: Partial<Settings>) => scaleRate(0.1, 1024, settingsOf(settings));
  expect(scaled({})).toBe(0.1);
  expect(scaled({ scaleLr: 'linear' })).toBeCloseTo(0.4, 12);
  expect(scaled({ scaleLr: 'sqrt' })).toBeCloseTo(0.2, 12);
  expect(scaled({ scaleLr: 'linear', baseBatchSize: 64 })).toBeCloseTo(1.6, 12);
});
