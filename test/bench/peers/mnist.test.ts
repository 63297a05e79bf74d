import { expect, test } from 'vitest';
import { type Contestant, OURS } from '../../../bench/peers/contestants.js';
import { parseConfiguration, readMnistOptions } from '../../../bench/peers/mnist-options.js';
import type { TrainedEvent } from '../../../bench/peers/mnist-order.js';
import {
  describeConfiguration,
  drawTrainings,
  type MnistTrial,
  objectionTo,
  summarizeTrainings,
} from '../../../bench/peers/mnist-table.js';

const AIM = { target: 0.98, epochs: 30 };
const CONFIGURATION = '784,128,10:tanh:64:0.3';

function trained(seconds: number, more: Partial<TrainedEvent> = {}): TrainedEvent {
  const usual = {
    event: 'trained' as const,
    initialLoss: 2.4,
    totalSeconds: 2 * seconds,
    epochs: 10,
    accuracy: 0.981,
  };
  return { ...usual, seconds, ...more };
}

function trial(round: number, peer: string, way: string, outcome: MnistTrial['outcome']): MnistTrial {
  return { round, peer, way, outcome };
}

test('a configuration is read and written alike', () => {
  const configuration = parseConfiguration(CONFIGURATION);
  expect(configuration).toEqual({
    layers: [784, 128, 10],
    activation: 'tanh',
    batchSize: 64,
    learningRate: 0.3,
  });
  expect(describeConfiguration(configuration)).toBe(CONFIGURATION);
});

test.each([
  '784,128,10',
  '784,128,10:tanh:64',
  '784,128,10:tanh:64:0.3:1',
  '784,128,10:gelu:64:0.3',
  '784,128,10:tanh:0:0.3',
  '784,128,10:tanh:6.5:0.3',
  '784,128,10:tanh:64:-1',
  '784,128,10:tanh:64:',
  '784,128,10:tanh:64:Infinity',
  '783,128,10:tanh:64:0.3',
  '784,128,9:tanh:64:0.3',
  '784,,10:tanh:64:0.3',
  '10:tanh:64:0.3',
])('%s is refused', text => {
  expect(() => parseConfiguration(text)).toThrow(`got "${text}"`);
});

test('the command line gives configurations, and refuses counts that are none', () => {
  expect(readMnistOptions([]).configurations).toHaveLength(3);
  expect(readMnistOptions([CONFIGURATION, '--rounds', '1'])).toMatchObject({
    configurations: [parseConfiguration(CONFIGURATION)],
    rounds: 1,
  });
  expect(() => readMnistOptions(['--rounds', '0'])).toThrow('--rounds');
});

test.each([
  ['reached in time', trained(1), null],
  ['reached exactly', trained(1, { accuracy: 0.98, epochs: 30 }), null],
  ['an image short', trained(1, { accuracy: 0.9799 }), '97.99 % after 10 epochs'],
  ['an epoch late', trained(1, { epochs: 31 }), '98.10 % after 31 epochs'],
  ['not a number', trained(1, { accuracy: Number.NaN }), 'NaN % after 10 epochs'],
  [
    'begun elsewhere',
    trained(1, { initialLoss: 2.41 }),
    'started with a cross-entropy of 2.41, lockstep with 2.4',
  ],
  ['without a result', 'no answer within 900 s', 'no answer within 900 s'],
] as const)('whether the time counts of what %s', (_, outcome, objection) => {
  expect(objectionTo(outcome, AIM, 2.4)).toBe(objection);
});

test('the fastest way of each seed counts, and the median over the seeds', () => {
  const trials = [
    trial(0, 'torch', 'threads', trained(4)),
    trial(0, 'torch', 'other threads', trained(3, { epochs: 12 })),
    trial(0, 'torch', 'processes', trained(1, { accuracy: 0.5 })),
    trial(1, 'torch', 'threads', trained(5)),
    trial(2, 'torch', 'other threads', trained(9)),
  ];
  expect(summarizeTrainings('torch', trials, AIM)).toMatchObject({
    seconds: 5,
    totalSeconds: 10,
    epochs: 10,
    way: 'other threads',
  });
});

test('a seed that did not get there leaves no figure', () => {
  const trials = [
    trial(0, OURS.id, 'default', trained(1)),
    trial(1, OURS.id, 'default', trained(1, { accuracy: 0.9 })),
  ];
  expect(summarizeTrainings(OURS.id, trials, AIM)).toBe('seed 2: 90.00 % after 10 epochs');
  expect(summarizeTrainings('torch', trials, AIM)).toBe('seed 1: not measured');
});

test('the ratio is PyTorch’s seconds over ours, seed by seed', () => {
  const trials = [
    trial(0, OURS.id, 'default', trained(1)),
    trial(0, 'torch', 'threads', trained(2)),
    trial(1, OURS.id, 'default', trained(2)),
    trial(1, 'torch', 'threads', trained(6)),
    trial(2, OURS.id, 'default', trained(4)),
    trial(2, 'torch', 'threads', trained(16)),
  ];
  const way = { command: [], environment: {} };
  const torch: Contestant = {
    ...{ id: 'torch', title: 'PyTorch' },
    ways: [
      { name: 'threads', ...way },
      { name: 'processes', ...way },
    ],
  };
  const rows = [{ configuration: parseConfiguration(CONFIGURATION), trials }];
  const [, , ours, theirs] = drawTrainings([OURS, torch], rows, AIM)
    .split('\n')
    .map(line => line.split('|').map(cell => cell.trim()));
  const figures = ['10', '98.10 %', '2.00', '4.00', '0.200', '3.00'];
  expect(ours).toEqual(['', CONFIGURATION, 'lockstep', ...figures, '']);
  expect(theirs!.slice(2, 4)).toEqual(['PyTorch (threads)', '10']);
  expect(theirs!.at(-2)).toBe('–');
});
