import { expect, it } from 'vitest';
import { batchSchedule, parseBatchSchedule } from '../../src/config/batch-schedule.js';

it('is epochs and the rows from each on', () => {
  expect(parseBatchSchedule('0:1024,10:4096')).toEqual([
    { epoch: 0, batchSize: 1024 },
    { epoch: 10, batchSize: 4096 },
  ]);
  expect(batchSchedule.read(' 3:7, 5:full')).toBe('3:7,5:full');
});

it.each(['', '1024', '0:0', '0:1.5', '5:1,5:2', '5:1,4:2', '0:1,', ':4', '-1:4', '0:all', 7, null, ['0:4']])(
  '%j is none',
  raw => expect(batchSchedule.read(raw)).toBeUndefined(),
);
