/**
 * Whether what was read from a tune.json or a journal is a search as schema.ts describes it. Its format and version are
 * known already; it can still have been changed by hand, or be of another program.
 */
import { isCount } from '../../store/checks.js';
import { isPlain } from '../../store/run-files.js';
import { listOf, object, oneOf, only, orNull, type Shape } from '../shape.js';
import type { TuneBegin } from './records.js';

const TEXT = only('text', value => typeof value === 'string');
const NUMBER = only('a number', value => typeof value === 'number');
const FLAG = only('true or false', value => typeof value === 'boolean');
const COUNT = only('a whole number', value => isCount(value));
const NUMBER_FROM_1 = only('a whole number from 1', value => isCount(value, 1));
const PLAIN = only('an object', isPlain);
const ANY: Shape = () => null;

const CHOICES = object({ values: listOf(ANY, 1) });
const RANGE = object({ low: NUMBER, high: NUMBER, log: FLAG, whole: FLAG, list: FLAG });
const DRAWN = object({
  name: TEXT,
  condition: orNull(object({ name: TEXT, values: listOf(ANY) })),
  kind: oneOf('choices', 'range'),
});
const dimension: Shape = (value, place) =>
  DRAWN(value, place) ??
  ((value as { kind: string }).kind === 'choices' ? CHOICES(value, place) : RANGE(value, place));

const START = object({ folder: TEXT, trial: NUMBER_FROM_1, place: NUMBER_FROM_1, values: PLAIN });
const CONFIGURATION = object({
  space: listOf(dimension),
  strategy: oneOf('random', 'halving'),
  seed: COUNT,
  eta: orNull(NUMBER),
  rungs: listOf(object({ trials: NUMBER_FROM_1, epochs: NUMBER_FROM_1 }), 1),
  metric: TEXT,
  task: oneOf('classification', 'regression', 'reconstruction'),
  warmStart: orNull(object({ first: listOf(START), seen: listOf(PLAIN) })),
  subject: PLAIN,
});
const HEAD = { command: TEXT, startedAt: TEXT, configuration: CONFIGURATION };

const RESULT = {
  outcome: oneOf('finished', 'diverged'),
  stopped: orNull(TEXT),
  value: orNull(NUMBER),
  loss: orNull(NUMBER),
  epochs: COUNT,
  steps: COUNT,
  seconds: NUMBER,
  batchSize: COUNT,
  learningRate: NUMBER,
  shards: COUNT,
  parameters: COUNT,
  weightsSha256: orNull(TEXT),
  history: listOf(object({ epoch: NUMBER, value: orNull(NUMBER), loss: orNull(NUMBER) })),
};

/** A result of one of the trials of the configuration, in one of its rungs. */
function resultIn({ rungs }: TuneBegin['configuration']): Shape {
  const { trials } = rungs[0]!;
  return object({
    trial: only(`a trial from 1 to ${trials}`, value => isCount(value, 1) && value <= trials),
    rung: only(`a rung from 0 to ${rungs.length - 1}`, value => isCount(value) && value < rungs.length),
    ...RESULT,
  });
}

/** What is wrong with the contents of tune.json; null if nothing is. */
export function faultOfTuning(tuning: unknown): string | null {
  const fault = object({ ...HEAD, finishedAt: TEXT })(tuning, '');
  if (fault !== null) return fault;
  const result = resultIn((tuning as TuneBegin).configuration);
  const trial = object({
    number: NUMBER_FROM_1,
    values: PLAIN,
    place: NUMBER_FROM_1,
    results: listOf(result),
  });
  const best = object({
    ...{ number: NUMBER_FROM_1, values: PLAIN, value: NUMBER, loss: orNull(NUMBER), epochs: COUNT },
    ...{ command: TEXT, weightsSha256: TEXT },
  });
  return object({ trials: listOf(trial, 1), epochs: COUNT, seconds: NUMBER, best: orNull(best) })(tuning, '');
}

/** What is wrong with the records of a journal, and in which line; null if nothing is. */
export function faultOfRecords([begin, ...others]: readonly unknown[]): string | null {
  const fault = object({ type: oneOf('tune'), ...HEAD })(begin, '');
  if (fault !== null) return `line 1, ${fault}`;
  const record = object({
    type: oneOf('result'),
    at: TEXT,
    result: resultIn((begin as TuneBegin).configuration),
  });
  const faults = others.map((one, i) => ({ line: i + 2, fault: record(one, '') }));
  const first = faults.find(one => one.fault !== null);
  return first === undefined ? null : `line ${first.line}, ${first.fault}`;
}
