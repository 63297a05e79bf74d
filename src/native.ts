/**
 * Calls of native libraries by their address: the one door to koffi, which is optional. Knows no BLAS.
 */
import { createRequire } from 'node:module';

export type Koffi = typeof import('koffi');
export type Library = ReturnType<Koffi['load']>;

/** @throws Error with the reason where it can't be had */
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

/** The address of the memory's first byte. */
export function addressOf(koffi: Koffi, memory: WebAssembly.Memory): number {
  return Number(koffi.address(new Uint8Array(memory.buffer)));
}

/** Linux's own number. */
const MADV_HUGEPAGE = 14;

/**
 * Asks Linux to back the memory with pages of 2 MiB, before it is first written; elsewhere does nothing. A request,
 * no more: where the system has none to give, the memory is as it was.
 */
export function adviseLargePages(memory: WebAssembly.Memory): void {
  if (process.platform !== 'linux') return;
  const koffi = loadKoffi();
  // Of the process itself: whichever C library it runs on.
  const advise = koffi.load(null).func('int madvise(uintptr_t address, size_t length, int advice)');
  advise(addressOf(koffi, memory), memory.buffer.byteLength, MADV_HUGEPAGE);
}

/**
 * Ends the process at once with that code, whatever its threads are doing: Node.js waits for each of its own, even for
 * one in a call that never returns. Returns where that can't be done.
 */
export function endProcess(code: number): void {
  try {
    loadKoffi().load(null).func('void _exit(int code)')(code);
  } catch {
    // No koffi, or a system without that function.
  }
}

/** POSIX's number on Linux and macOS. */
const F_SETFD = 2;

/**
 * Starts another program in this process, whose standard streams and number it keeps; words[0] is its path. Returns only
 * if that can't be done.
 */
export function replaceProcess(words: readonly string[]): void {
  const [path] = words;
  const { execve } = process as { execve?: (path: string, words: readonly string[]) => void };
  try {
    if (execve) execve.call(process, path!, words);
    const system = loadKoffi().load(null);
    const fcntl = system.func('int fcntl(int descriptor, int command, ...)');
    // Node.js marks all three as its own, to be closed here.
    for (const stream of [0, 1, 2]) fcntl(stream, F_SETFD, 'int', 0);
    system.func('int execv(const char *path, const char **words)')(path, [...words, null]);
  } catch {
    // No koffi, or a system without those functions.
  }
}
