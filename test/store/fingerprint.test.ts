/** Fingerprints: equal for equal rows, with a description of the difference for others. */

import { expect, it } from 'vitest';
import { readInputs } from '../../src/data/rows.js';
import type { Network } from '../../src/model/network.js';
import { describeChange, fingerprintData } from '../../src/store/fingerprint.js';
import { changeInputs, makeDataset, randomDataset } from '../datasets.js';

const network: Network = { layers: [3, 1], hidden: [], output: 'identity', loss: 'sse' };
const data = randomDataset(network, 20);
const before = fingerprintData(data, null);

it('is equal for equal rows from another source', () => {
  const again = makeDataset(network, readInputs(data), data.y);
  expect(describeChange(before, fingerprintData({ ...again, source: 'other.csv' }, null))).toBeNull();
});

const changed = changeInputs(data, inputs => {
  inputs[17]! += 1e-6;
});
const relabelled = makeDataset(network, readInputs(data), data.y);
relabelled.y[19]! += 1;

it.each([
  ['a number', changed, null, /^expected the same training values \(20 rows, 3 features, 1 output, sha256 /],
  ['a target', relabelled, null, /^expected the same training values/],
  ['the scale', { ...data, scale: 0.5 }, null, /^expected the same training values/],
  [
    'the encoding',
    { ...data, encoding: { ...data.encoding, targets: ['z'] } },
    null,
    /^expected the same training values/,
  ],
  [
    'the number of rows',
    randomDataset(network, 21),
    null,
    /^expected training data of 20 rows, 3 features, 1 output, got 21 rows, 3 features, 1 output$/,
  ],
  [
    'rows to judge by',
    data,
    data,
    /^expected validation data of no rows, got 20 rows, 3 features, 1 output$/,
  ],
])('describes a change of %s', (_, training, validation, message) => {
  expect(describeChange(before, fingerprintData(training, validation))).toMatch(message);
});
