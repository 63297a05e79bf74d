/** The parts of dates in a graph, beside those of Date. */
import { expect, it } from 'vitest';
import { datePart } from '../../../src/data/table/date.js';
import { datePartValue } from '../../../src/export/onnx/dates.js';
import { Graph } from '../../../src/export/onnx/graph.js';
import { Random } from '../../../src/random.js';
import { runModel } from './interpreter.js';

const random = new Random(3, 'probe');
/** Seconds between the years −1000 and 9999, edges of years, and times of day. */
const SECONDS = [
  ...Array.from({ length: 500 }, (_, i) => Math.floor(-93e9 + 346e9 * random.uniform(i)) + (i % 2) / 2),
  ...[0, -1, 86_399, 86_400, 951_782_400, 951_868_799, 4_107_542_400, 1_709_164_800, -62_135_596_800],
  Number.NaN,
];

it.each(['epoch', 'year', 'month', 'day', 'weekday', 'hour', 'minute', 'second'] as const)(
  'finds the %s',
  part => {
    const graph = new Graph();
    const value = datePartValue(graph, graph.input('when', 'double', 1, ''), part);
    const name = graph.output(value, 'part', 'double', 1, '');
    const bytes = graph.finish({ producer: 'test 1', doc: '', metadata: {} });
    const found = runModel(bytes, { when: { type: 11, dims: [SECONDS.length, 1], data: SECONDS } });
    expect(found[name]!.data).toEqual(SECONDS.map(seconds => datePart(seconds, part)));
  },
);
