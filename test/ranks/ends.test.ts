/** Ranks that end in odd ways, and libraries in odd processes: nothing waits for ever, and no process is left. */
import { describe, expect, it } from 'vitest';
import { MAKES, type Make, MPICH, OPEN_MPI, program, run } from './launch.js';

const DEBIAN = [OPEN_MPI, MPICH].filter(make => make !== null);
const isOpenMpi = ({ name }: Make) => name.startsWith('Open MPI');

describe.each(DEBIAN)('$name', make => {
  it.each([
    ['that is aborted', 'abort', 7],
    ['that exits', 'exit', 9],
    ['whose program fails', 'throw', 1],
  ])('ends the others with a rank %s', async (_, how, expected) => {
    const { code, stdout } = await run(make, 3, program('ends', how));
    // MPICH joins the exit codes of all ranks by OR, and some of the others may have ended by SIGTERM.
    expect(isOpenMpi(make) ? [expected] : [expected, expected | 15]).toContain(code);
    if (isOpenMpi(make)) expect(stdout).toBe('');
  });

  // They mostly wait, so they wait at the same time.
  it.concurrent.for([
    ['as at first', 'stop', 4],
    ['of its own for a job, and a beat', 'stop-later', 5],
  ] as const)(
    'gives up waiting for a rank that is stopped, with a patience %s',
    async ([_, how, seconds], { expect }) => {
      const { code, stderr } = await run(make, 2, program('ends', how));
      expect(code).toBe(5);
      expect(stderr).toContain(`rank 0: MPI_Barrier: not all ranks took part within ${seconds} s.`);
    },
  );

  it.concurrent('gives up waiting for a rank that does not start', async ({ expect }) => {
    const { code, stdout, stderr } = await run(make, 2, program('ends', 'stop-early'));
    // Ended by SIGALRM; MPICH joins the codes of all ranks, and may end the others by a signal of its own.
    expect(isOpenMpi(make) ? [128 + 14] : [14, 15]).toContain(code);
    expect(stdout + stderr).toContain('Alarm clock');
  });
});

it.runIf(OPEN_MPI)('broadcasts more than one message can carry', async () => {
  const { code, stdout } = await run(OPEN_MPI!, 2, program('ends', 'large'));
  expect([code, stdout.replaceAll('\r', '')]).toEqual([0, '1,2,3,4,5,6 1,2,3,4,5,6\nclosed\n']);
});

describe.skipIf(process.platform !== 'linux').each(MAKES)('$name', make => {
  it('starts in a process whose heap cannot grow', async () => {
    const { code, stdout } = await run(make, 2, program('ends', 'no-heap'));
    expect([code, stdout.replaceAll('\r', '')]).toEqual([0, 'closed\n']);
  });
});
