/**
 * Calls native libraries by address. The only file that uses koffi, which is optional. Independent of BLAS.
 */
import { createRequire } from 'node:module';

export type Koffi = typeof import('koffi');
export type Library = ReturnType<Koffi['load']>;

/** @throws Error with the reason if koffi is not available */
export function loadKoffi(): Koffi {
  try {
    return createRequire(import.meta.url)('koffi') as Koffi;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isMissing = code === 'MODULE_NOT_FOUND' && message.includes("'koffi'");
    const reason = isMissing ? 'the optional package koffi is not installed' : message.split('\n')[0]!;
    throw new Error(reason, { cause: error });
  }
}

/** Address of the memory's first byte. */
export function addressOf(koffi: Koffi, memory: WebAssembly.Memory): number {
  return Number(koffi.address(new Uint8Array(memory.buffer)));
}

/** As defined by Linux. */
const MADV_HUGEPAGE = 14;

/**
 * Asks Linux to back the memory with 2 MiB pages, before it is first written; does nothing on other systems.
 * It is only a request: if no such pages are available, the memory stays as it was.
 */
export function adviseLargePages(memory: WebAssembly.Memory): void {
  if (process.platform !== 'linux') return;
  const koffi = loadKoffi();
  // Looked up in the process itself, so that it works with any C library.
  const advise = koffi.load(null).func('int madvise(uintptr_t address, size_t length, int advice)');
  advise(addressOf(koffi, memory), memory.buffer.byteLength, MADV_HUGEPAGE);
}

/**
 * Ends the process immediately with that exit code, whatever its threads are doing: Node.js would wait for
 * each of them, even for one in a call that never returns. Returns if that is impossible.
 */
export function endProcess(code: number): void {
  try {
    loadKoffi().load(null).func('void _exit(int code)')(code);
  } catch {
    // koffi is missing, or the system lacks the function.
  }
}

/** As defined by POSIX on Linux and macOS. */
const F_SETFD = 2;

/**
 * Replaces the program in this process by another, which keeps its standard streams and process id; words[0]
 * is its path. Returns only on failure.
 */
export function replaceProcess(words: readonly string[]): void {
  const [path] = words;
  const { execve } = process as { execve?: (path: string, words: readonly string[]) => void };
  try {
    if (execve) execve.call(process, path!, words);
    const system = loadKoffi().load(null);
    const fcntl = system.func('int fcntl(int descriptor, int command, ...)');
    // Node.js marks all three as close-on-exec.
    for (const stream of [0, 1, 2]) fcntl(stream, F_SETFD, 'int', 0);
    system.func('int execv(const char *path, const char **words)')(path, [...words, null]);
  } catch {
    // koffi is missing, or the system lacks the functions.
  }
}
