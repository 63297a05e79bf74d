import { expect, test } from 'vitest';
import { parseConfiguration, readMnistOptions } from '../../../bench/peers/mnist-options.js';
import type { TrainedEvent } from '../../../bench/peers/mnist-order.js';
import {
  describeConfiguration,
  drawTrainings,
  type MnistTrial,
  objectionTo,
  summarizeTrainings,
} from '../../../bench/peers/mnist-table.js';
import { listPeers } from '../../../bench/peers/peers.js';

const AIM = { target: 0.98, epochs: 30 };
const CONFIGURATION = '784,128,10:tanh:64:0.3';

function trained(seconds: number, more: Partial<TrainedEvent> = {}) {
  const usual = { event: 'result', initialLoss: 2.4, totalSeconds: 2 * seconds, epochs: 10, accuracy: 0.981 };
  return { kind: 'measured', result: { ...usual, seconds, ...more } as TrainedEvent } as const;
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
  ['over the limit', { kind: 'slower', seconds: 900 }, 'no result within 900 s'],
  ['failed', { kind: 'failed', reason: 'no torch' }, 'no torch'],
] as const)('whether the time counts of what %s', (_, outcome, objection) => {
  expect(objectionTo(outcome, AIM, 2.4)).toBe(objection);
});

test('the fastest way of each seed counts, and the median over the seeds', () => {
  const trials = [
    trial(0, 'torch', '1 thread', trained(4)),
    trial(0, 'torch', 'BLAS threads', trained(3, { epochs: 12 })),
    trial(0, 'torch', 'processes', trained(1, { accuracy: 0.5 })),
    trial(1, 'torch', '1 thread', trained(5)),
    trial(2, 'torch', 'BLAS threads', trained(9)),
  ];
  expect(summarizeTrainings('torch', trials, AIM)).toMatchObject({
    seconds: 5,
    totalSeconds: 10,
    epochs: 10,
    way: 'BLAS threads',
  });
});

test('a seed that did not get there leaves no figure', () => {
  const trials = [
    trial(0, 'ours-wasm', 'wasm', trained(1)),
    trial(1, 'ours-wasm', 'wasm', trained(1, { accuracy: 0.9 })),
  ];
  expect(summarizeTrainings('ours-wasm', trials, AIM)).toBe('seed 2: 90.00 % after 10 epochs');
  expect(summarizeTrainings('torch', trials, AIM)).toBe('seed 1: not measured');
});

test('the ratio is PyTorch’s seconds over ours, seed by seed', () => {
  const trials = [
    trial(0, 'ours-blas', 'blas', trained(1)),
    trial(0, 'torch', '1 thread', trained(2)),
    trial(1, 'ours-blas', 'blas', trained(2)),
    trial(1, 'torch', '1 thread', trained(6)),
    trial(2, 'ours-blas', 'blas', trained(4)),
    trial(2, 'torch', '1 thread', trained(16)),
  ];
  const peers = listPeers('python3', 2).filter(({ id }) => ['ours-blas', 'torch'].includes(id));
  const rows = [{ configuration: parseConfiguration(CONFIGURATION), trials }];
  const [, , ours, torch] = drawTrainings(peers, rows, AIM)
    .split('\n')
    .map(line => line.split('|').map(cell => cell.trim()));
  expect(ours).toEqual([
    '',
    CONFIGURATION,
    'lockstep blas',
    '10',
    '98.10 %',
    '2.00',
    '4.00',
    '0.200',
    '3.00',
    '',
  ]);
  expect(torch!.slice(2, 4)).toEqual(['PyTorch (1 thread)', '10']);
  expect(torch!.at(-2)).toBe('–');
});
