/** The command line under mpirun: info --mpi, and what is refused. */
import { availableParallelism, cpus } from 'node:os';
import { describe, expect, it } from 'vitest';
import { lockstep as alone } from '../cli/lockstep.js';
import { lockstep, MAKES, MPICH, OPEN_MPI, run } from './launch.js';

const count = (text: string, part: string | RegExp) => text.split(part).length - 1;

describe.each(MAKES)('$name', make => {
  it('shows its library and the ranks', async () => {
    const { code, stdout } = await run(make, 3, lockstep('info --mpi'));
    expect(code).toBe(0);
    expect(count(stdout, 'library ')).toBe(1);
    expect(stdout).toContain(`${make.name}, `);
    expect(stdout).toMatch(/^interface +(Open MPI|MPICH)’s interface\r?$/m);
    expect(stdout).toMatch(/^threads +MPI_THREAD_(SERIALIZED|MULTIPLE)\r?$/m);
    expect(stdout).toMatch(/^ranks +3 on 1 host\r?$/m);
    expect(stdout).toMatch(/^host +\S+: ranks 0, 1 and 2(; \d+ CPUs? each)?\r?$/m);
  });

  it('refuses a command that runs in one process, once', async () => {
    const { code, stdout, stderr } = await run(make, 3, lockstep('predict model rows.csv'));
    expect([code, stdout]).toEqual([2, '']);
    expect(count(stderr, 'error: ')).toBe(1);
    expect(stderr).toMatch(
      /error: lockstep predict runs in one process; mpi\w+ \(.*\) has started 3\.\r?\nStart it without mpi\w+: lockstep predict model rows\.csv/,
    );
  });

  it('runs each process on its own with --mpi off', async () => {
    const { code, stdout } = await run(make, 2, lockstep('info synthetic:20x3x2 --mpi off'));
    expect(code).toBe(0);
    expect(count(stdout, /^rows +20/m)).toBe(2);
  });

  it.each([
    ['is none', 'libm.so.6', 'libm.so.6 is not an MPI library that lockstep knows: it has no function'],
    ['is not there', '/nowhere/libmpi.so.40', '--mpi /nowhere/libmpi.so.40: cannot open shared object file'],
  ])('refuses a library that %s, once', async (_, library, message) => {
    const { code, stdout, stderr } = await run(make, 3, lockstep(`info --mpi ${library}`));
    expect([code === 0, stdout]).toEqual([false, '']);
    expect(count(stderr, 'error: ')).toBe(1);
    expect(stderr).toContain(`error: ${message}`);
  });
});

/** The number of the call of MPI_Comm_set_errhandler. */
const FIRST_CALLS = [
  ['Open MPI', OPEN_MPI, 3],
  ['MPICH', MPICH, 4],
] as const;

it.each(FIRST_CALLS.filter(([, make]) => make))(
  'says what only one rank is refused by %s',
  async (_, make, number) => {
    const preload = new URL('../../scripts/torture/calls/preload.js', import.meta.url).href;
    const [node, ...words] = lockstep('info --mpi');
    const fault = [`LOCKSTEP_FAULT=mpi:${number}`, 'LOCKSTEP_FAULT_RANK=1'];
    const { code, stderr } = await run(make!, 2, ['env', ...fault, node!, '--import', preload, ...words]);
    expect(code).not.toBe(0);
    expect(count(stderr, 'error: ')).toBe(1);
    expect(stderr).toMatch(/rank 1 \(host \S+\): error: MPI_Comm_set_errhandler: /);
  },
);

it.runIf(OPEN_MPI && cpus().length > 1)('gives a rank that is alone on its host all CPUs', async () => {
  const words = [OPEN_MPI!.words[0]!, '--allow-run-as-root', '--bind-to', 'core'];
  const bound = { ...OPEN_MPI!, words };
  const { code, stdout } = await run(bound, 1, lockstep(`info --mpi ${OPEN_MPI!.library} --json`));
  expect(code).toBe(0);
  const said = JSON.parse(stdout);
  expect(said.cpus).toEqual([availableParallelism()]);
  expect(said.note).toMatch(/^the rank: bound to \d+ of the \d+ CPUs of its host by the launcher, but alone/);
  const training = 'train synthetic:4000x64x10 --hidden 128 --epochs 1 --no-save --json';
  const trained = await run(bound, 1, lockstep(`${training} --workers 2 --mpi ${OPEN_MPI!.library}`));
  expect([trained.code, trained.stderr]).toEqual([0, expect.stringContaining('note: the rank: bound to ')]);
  // It would warn of more workers than cores.
  expect(trained.stderr).not.toContain('warning');
});

describe.runIf(OPEN_MPI && MPICH)('a launcher and a library of different makes', () => {
  it.each([
    ['mpirun (Open MPI)', OPEN_MPI!, MPICH!],
    ['mpiexec (MPICH)', MPICH!, OPEN_MPI!],
  ])('are refused together: %s', async (launcher, make, other) => {
    const { code, stdout, stderr } = await run(make, 2, lockstep(`info --mpi ${other.library}`));
    expect([code, stdout]).toEqual([2, '']);
    expect(count(stderr, 'error: ')).toBe(1);
    expect(stderr).toContain(
      `error: ${launcher} has started 2 processes, but ${other.name} finds 1: they are of different makes.`,
    );
  });
});

describe.runIf(OPEN_MPI || MPICH)('without a launcher', () => {
  it('lists the libraries that are found', async () => {
    const { code, stdout } = await alone(['info', '--mpi']);
    expect(code).toBe(0);
    for (const make of [OPEN_MPI, MPICH]) {
      if (make) expect(stdout).toContain(`${make.name}, ${make.library}: `);
    }
  });

  it('starts one that is named', async () => {
    const { library, name } = (OPEN_MPI ?? MPICH)!;
    const { code, stdout } = await alone(['info', '--mpi', library, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ library: name, path: library, ranks: 1 });
  });
});

it('refuses a file beside --mpi', async () => {
  const { code, stderr } = await alone(['info', 'rows.csv', '--mpi']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^error: --mpi shows the ranks, and no MODEL or DATA beside them; got rows\.csv\./);
});
