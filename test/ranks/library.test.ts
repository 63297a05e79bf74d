import { expect, it } from 'vitest';
import { describeVersion } from '../../src/ranks/library.js';
import { loadedTransports } from '../../src/ranks/transports.js';

// As the libraries answer MPI_Get_library_version.
it.each([
  [
    'Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4, repo rev: v4.1.4, May 26, 2022',
    'Open MPI 4.1.4',
  ],
  ['Open MPI v5.0.11, package: Open MPI user@localhost Distribution', 'Open MPI 5.0.11'],
  ['MPICH Version:\t4.0.2\nMPICH Release date:\tThu Apr  7 12:34:45 CDT 2022', 'MPICH 4.0.2'],
  ['Intel(R) MPI Library 2021.19.0 for Linux* OS\n', 'Intel MPI 2021.19.0'],
  ['MVAPICH2 Version      :\t2.3.7\nMVAPICH2 Release date :\tWed March 02', 'MVAPICH 2.3.7'],
  ['MPI VERSION    : CRAY MPICH version 8.1.28.15 (ANL base 3.4a2)\nMPI BUILD INFO', 'Cray MPICH 8.1.28.15'],
  ['Another MPI, 1.0\nmore', 'Another MPI, 1.0'],
])('calls a library that says %j %s', (said, description) => {
  expect(describeVersion(said)).toBe(description);
});

it.each([
  ['/usr/lib/openmpi/mca_btl_vader.so\n/usr/lib/openmpi/mca_btl_tcp.so', ['shared memory', 'TCP']],
  ['/usr/lib/libuct.so.0.0.0', ['UCX']],
  ['/usr/lib/libmpi.so.12', []],
])('tells transports from %j', (maps, transports) => {
  expect(loadedTransports(() => maps)).toEqual(transports);
});
