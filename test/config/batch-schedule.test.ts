import { expect, it } from 'vitest';
import { batchSchedule } from '../../src/config/batch-schedule.js';

it('is a list of epochs, each with the rows of its steps', () => {
  const phases = [
    { epoch: 3, batchSize: 7 },
    { epoch: 5, batchSize: 'full' as const },
  ];
  expect(batchSchedule.read(' 3:7, 5:full')).toEqual(phases);
  expect(batchSchedule.write!(phases)).toBe('3:7,5:full');
});

it.each(['', '1024', '0:0', '0:1.5', '5:1,5:2', '5:1,4:2', '0:1,', ':4', '-1:4', '0:all', 7, null, ['0:4']])(
  '%j is not a batch schedule',
  raw => expect(batchSchedule.read(raw)).toBeUndefined(),
);
