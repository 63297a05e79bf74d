/**
 * The binary interfaces of MPI libraries: what handles are, and the values of those that are needed. Numbers from each
 * project's mpi.h, and from the annex of the MPI 5.0 standard.
 */

/** Open MPI's, MPICH's (also that of Intel MPI, MVAPICH and Cray MPICH), and the standard one of MPI 5. */
export type Abi = 'openmpi' | 'mpich' | 'abi';

/** A handle that is a number, or the address of a symbol of the library. */
export type Handle = number | { readonly symbol: string };

export interface Interface {
  /** For messages. */
  readonly name: string;
  /** The type of a handle in C, for koffi: a pointer or a number. */
  readonly handle: 'uintptr_t' | 'int';
  /** Bytes of a request, which is a handle. */
  readonly requestBytes: 8 | 4;
  readonly MPI_COMM_WORLD: Handle;
  readonly MPI_BYTE: Handle;
  readonly MPI_ERRORS_RETURN: Handle;
  /** The address that stands for no status, or for no statuses. */
  readonly MPI_STATUSES_IGNORE: number;
  readonly MPI_THREAD_SERIALIZED: number;
  /** Names under which systems keep such a library. */
  readonly files: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>>;
}

export const INTERFACES: Readonly<Record<Abi, Interface>> = {
  openmpi: {
    name: 'Open MPI’s interface',
    handle: 'uintptr_t',
    requestBytes: 8,
    MPI_COMM_WORLD: { symbol: 'ompi_mpi_comm_world' },
    MPI_BYTE: { symbol: 'ompi_mpi_byte' },
    MPI_ERRORS_RETURN: { symbol: 'ompi_mpi_errors_return' },
    MPI_STATUSES_IGNORE: 0,
    MPI_THREAD_SERIALIZED: 2,
    files: {
      linux: ['libmpi.so.40'],
      darwin: ['libmpi.40.dylib', '/opt/homebrew/lib/libmpi.40.dylib', '/usr/local/lib/libmpi.40.dylib'],
    },
  },
  mpich: {
    name: 'MPICH’s interface',
    handle: 'int',
    requestBytes: 4,
    MPI_COMM_WORLD: 0x44000000,
    MPI_BYTE: 0x4c00010d,
    MPI_ERRORS_RETURN: 0x54000001,
    MPI_STATUSES_IGNORE: 1,
    MPI_THREAD_SERIALIZED: 2,
    files: {
      linux: ['libmpi.so.12', 'libmpich.so.12'],
      darwin: ['libmpi.12.dylib', '/opt/homebrew/lib/libmpi.12.dylib', '/usr/local/lib/libmpi.12.dylib'],
    },
  },
  abi: {
    name: 'the standard interface of MPI 5',
    handle: 'uintptr_t',
    requestBytes: 8,
    MPI_COMM_WORLD: 0x101,
    MPI_BYTE: 0x247,
    MPI_ERRORS_RETURN: 0x143,
    MPI_STATUSES_IGNORE: 0,
    MPI_THREAD_SERIALIZED: 2048,
    files: {
      linux: ['libmpi_abi.so.1'],
      darwin: [
        'libmpi_abi.1.dylib',
        '/opt/homebrew/lib/libmpi_abi.1.dylib',
        '/usr/local/lib/libmpi_abi.1.dylib',
      ],
    },
  },
};
