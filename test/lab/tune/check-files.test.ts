/** A tune.json or a journal that was damaged or changed: any member that is lost or of another kind is named. */
import { beforeAll, expect, it } from 'vitest';
import { parseSpace } from '../../../src/config/space.js';
import { faultOfRecords, faultOfTuning } from '../../../src/lab/tune/check-files.js';
import type { TuneRecord } from '../../../src/lab/tune/records.js';
import type { Tuning } from '../../../src/lab/tune/schema.js';
import { tune } from '../../../src/lab/tune/tune.js';
import { describeNetwork } from '../../../src/model/network.js';
import { randomDataset, trainOptions } from '../../datasets.js';

const network = describeNetwork({
  ...{ layers: [2, 3, 1], output: 'identity', loss: 'sse' },
  hidden: ['tanh'],
});
const space = parseSpace('lr=0.1..100000 log; optimizer=sgd|adam; momentum=0.5|0.9 if optimizer=sgd');
let records: TuneRecord[];
let tuning: Tuning;

beforeAll(async () => {
  records = [];
  const data = randomDataset(network, 8, 1);
  const trainer = {
    ...{ data, validation: data },
    configure: async ({ lr }: Readonly<Record<string, unknown>>) => ({
      network,
      options: trainOptions({ learningRate: Number(lr), batchSize: 4, workers: 1, seed: 1 }),
    }),
  };
  const first = [{ folder: 'tuned', trial: 2, place: 1, values: { lr: 0.3, optimizer: 'adam' } }];
  const options = { space, strategy: 'halving', trials: 4, epochs: 4, eta: 2, seed: 1 } as const;
  const warmStart = { first, seen: [] };
  for await (const report of tune({ ...options, warmStart, parallel: 1 }, trainer)) {
    if (report.type === 'end') tuning = plain(report.result!);
    else if (report.record) records.push(plain(report.record));
  }
});

function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

it('takes what a search wrote', () => {
  expect(faultOfTuning(tuning)).toBeNull();
  for (let count = 1; count <= records.length; count++) {
    expect(faultOfRecords(records.slice(0, count))).toBeNull();
  }
});

/** Members that any value can have, or that say nothing that a reader needs. */
const FREE = /\.values\.|\.subject\.|\.condition\.values|^(format|version|0\.format|0\.version)$/;

/** The places of all members of plain data: `trials.0.results`. */
function* placesOf(value: unknown, place = ''): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    const at = place === '' ? name : `${place}.${name}`;
    if (!FREE.test(at)) yield at;
    yield* placesOf(inner, at);
  }
}

/** A copy with another value at a place. */
function changed<T>(whole: T, place: string, change: (value: unknown) => unknown): T {
  const copy = plain(whole);
  const names = place.split('.');
  const last = names.pop()!;
  let inner = copy as Record<string, unknown>;
  for (const name of names) inner = inner[name] as Record<string, unknown>;
  inner[last] = change(inner[last]);
  return copy;
}

it('names each member that is lost or of another kind', () => {
  const places = [...placesOf(tuning)];
  expect(places.length).toBeGreaterThan(100);
  for (const [whole, fault] of [
    [tuning, faultOfTuning],
    [records, faultOfRecords],
  ] as [object, (value: never) => string | null][]) {
    for (const place of placesOf(whole)) {
      const lost = changed(whole, place, () => undefined);
      // A list without one of its items is still a list.
      if (!/\d$/.test(place)) expect(fault(lost as never), place).not.toBeNull();
      const other = changed(whole, place, value => (Array.isArray(value) ? {} : []));
      expect(fault(other as never), place).not.toBeNull();
    }
  }
});

it('names results of trials and rungs that there are none of', () => {
  const result = records.findIndex(({ type }) => type === 'result');
  expect(faultOfRecords(changed(records, `${result}.result.trial`, () => 5))).toMatch(
    'line 2, result.trial: expected a trial from 1 to 4, got 5',
  );
  expect(faultOfRecords(changed(records, `${result}.result.rung`, () => 3))).toMatch('result.rung');
});
