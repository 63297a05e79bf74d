/**
 * Explains why DuckDB can't be loaded: its binary is in a separate package for each platform, which may be
 * missing.
 */
import { failure, type LockstepError } from '../../errors.js';

/** Calls a function that loads DuckDB. @throws failed if its binary is missing or doesn't run here */
export function loadingDuckDB<T>(load: () => T): T {
  try {
    return load();
  } catch (cause) {
    throw describe(cause as NodeJS.ErrnoException);
  }
}

function describe(cause: NodeJS.ErrnoException): LockstepError {
  const [line = ''] = cause.message.split('\n');
  const name = `@duckdb/node-bindings-${process.platform}-${process.arch}`;
  if (cause.code === 'ERR_DLOPEN_FAILED') {
    return failure(
      `DuckDB, which reads tables, can't be loaded: ${line}.`,
      /failed to map|cannot allocate/i.test(line)
        ? 'Raise `ulimit -v`.'
        : `Install ${name} again, on a system that DuckDB supports.`,
      cause,
    );
  }
  // The package for musl has a different name.
  const [, missing = name] = /Cannot find module '(@duckdb\/[^/']+)/.exec(line) ?? [];
  return failure(
    `DuckDB, which reads tables, is not there for ${process.platform}-${process.arch}: the package ${missing} is missing.`,
    `Try npm install --no-save ${missing}. Without it images (IDX) and synthetic rows can be read.`,
    cause,
  );
}
