import { expect, it } from 'vitest';
import { mpiChoice } from '../../../src/commands/line/mpi-choice.js';

it.each([
  ['train houses.csv', null],
  ['train houses.csv --mpi off', 'off'],
  ['train houses.csv --mpi=off --epochs 3', 'off'],
  ['train --mpi /opt/lib/libmpi.so.40 houses.csv', '/opt/lib/libmpi.so.40'],
  ['info --mpi', 'auto'],
  ['info --mpi=', 'auto'],
  ['info --mpi --json', 'auto'],
  ['train --mpi auto --mpi off', 'off'],
  ['train --mpis off', null],
])('takes from lockstep %s the library %s', (line, choice) => {
  expect(mpiChoice(line.split(' '))).toBe(choice);
});
