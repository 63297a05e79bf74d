/**
 * Calls native libraries by address. The only file that uses koffi, which is optional. Independent of BLAS.
 */
import { createRequire } from 'node:module';

export type Koffi = typeof import('koffi');
export type Library = ReturnType<Koffi['load']>;

/**
 * The stack on which koffi runs calls on other threads, as large as that of a process's first thread; by default it has
 * 128 KiB, too few for starting an MPI library. Only memory that is used counts.
 */
const ASYNC_STACK_BYTES = 8 * 2 ** 20;

let isConfigured = false;

/** @throws Error with the reason if koffi is not available */
export function loadKoffi(): Koffi {
  try {
    const koffi = createRequire(import.meta.url)('koffi') as Koffi;
    if (!isConfigured) configure(koffi);
    return koffi;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isMissing = code === 'MODULE_NOT_FOUND' && message.includes("'koffi'");
    const reason = isMissing ? 'the optional package koffi is not installed' : message.split('\n')[0]!;
    throw new Error(reason, { cause: error });
  }
}

/** As defined on Linux and macOS. */
const RTLD_LAZY = 1;
const RTLD_GLOBAL = process.platform === 'darwin' ? 8 : 0x100;

/**
 * Loads a library for as long as the process lives (not on Windows). koffi unloads what it has loaded when the last thread that did so ends,
 * which breaks a library that other threads still use, or that has something to do when these end.
 * @throws Error with the reason if koffi is not available or the library cannot be loaded
 */
export function loadForGood(path: string): Library {
  const koffi = loadKoffi();
  const library = koffi.load(path, { global: true });
  if (process.platform !== 'win32') {
    koffi.load(null).func('void *dlopen(const char *path, int flags)')(path, RTLD_LAZY | RTLD_GLOBAL);
  }
  return library;
}

function configure(koffi: Koffi): void {
  isConfigured = true;
  try {
    koffi.config({ async_stack_size: ASYNC_STACK_BYTES });
  } catch {
    // Another package of this process has loaded a library before: the sizes can't be changed any more.
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
  try {
    const koffi = loadKoffi();
    // Looked up in the process itself, so that it works with any C library.
    const advise = koffi.load(null).func('int madvise(uintptr_t address, size_t length, int advice)');
    advise(addressOf(koffi, memory), memory.buffer.byteLength, MADV_HUGEPAGE);
  } catch {
    // koffi is missing, or the system lacks the function.
  }
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

/**
 * Ends the process by a signal if it is still there after so many seconds, even if it is in a call that never returns; with 0,
 * it may live again as long as it likes. Does nothing where that is impossible.
 */
export function endProcessWithin(seconds: number): void {
  try {
    loadKoffi().load(null).func('unsigned int alarm(unsigned int seconds)')(seconds);
  } catch {
    // koffi is missing, or the system lacks the function.
  }
}

/**
 * Returns a function that lets another thread use the core of the calling one, if one is ready to; it does nothing on systems
 * without such a call. @throws Error with the reason if koffi is not available
 */
export function bindYield(): () => void {
  if (process.platform === 'win32') return () => {};
  return loadKoffi().load(null).func('int sched_yield(void)') as () => void;
}

/**
 * Lets a thread run on these CPUs only, as far as the system allows them to it. Linux only.
 * @param thread its number in /proc/self/task; 0 for the calling one
 * @param cpus bit i stands for CPU i
 * @returns whether it was possible
 */
export function setThreadAffinity(thread: number, cpus: bigint): boolean {
  try {
    const koffi = loadKoffi();
    const bytes = new Uint8Array(new ArrayBuffer(AFFINITY_BYTES));
    for (let i = 0, rest = cpus; rest > 0n; i++, rest >>= 8n) bytes[i] = Number(rest & 255n);
    const call = koffi
      .load(null)
      .func('int sched_setaffinity(int thread, size_t bytes, const uint8_t *mask)');
    return call(thread, bytes.length, bytes) === 0;
  } catch {
    // koffi is missing, or the system lacks the function.
    return false;
  }
}

/** Enough for 4,096 CPUs. */
const AFFINITY_BYTES = 512;
