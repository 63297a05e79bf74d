/**
 * Memory that holds machine code: written first, then made executable, never both at once. The system's own functions
 * are called for that through koffi. A region is never given back: code lives as long as the process. Tried on Linux; on
 * macOS and Windows written by their documentation.
 */
import { type Koffi, loadKoffi } from '../../native.js';

// As defined by POSIX, and the same on Linux, macOS and the BSDs.
const PROT_READ = 1;
const PROT_WRITE = 2;
const PROT_EXEC = 4;
const MAP_PRIVATE = 2;
const MAP_ANONYMOUS: Partial<Record<NodeJS.Platform, number>> = {
  linux: 0x20,
  darwin: 0x1000,
  freebsd: 0x1000,
};
// As defined by Windows.
const MEM_COMMIT_RESERVE = 0x3000;
const PAGE_READWRITE = 4;
const PAGE_EXECUTE_READ = 0x20;

/** Why machine code can't run here. */
export class NoNativeCode extends Error {
  override readonly name = 'NoNativeCode';
  /** What to do about it, as it reads after `Try`; null if nothing helps. */
  readonly advice: string | null;

  constructor(reason: string, advice: string | null = null) {
    super(reason);
    this.advice = advice;
  }
}

/** Places code in memory and returns its address. @throws NoNativeCode if the system refuses */
export type PlaceCode = (code: Uint8Array) => number;

/** How this system is asked for executable memory. @throws NoNativeCode */
export function executableMemory(): { koffi: Koffi; place: PlaceCode } {
  try {
    const koffi = loadKoffi();
    return { koffi, place: process.platform === 'win32' ? placeOnWindows(koffi) : placeOnPosix(koffi) };
  } catch (error) {
    if (error instanceof NoNativeCode) throw error;
    throw new NoNativeCode((error as Error).message, 'npm install koffi');
  }
}

function placeOnPosix(koffi: Koffi): PlaceCode {
  const anonymous = MAP_ANONYMOUS[process.platform];
  if (anonymous === undefined)
    throw new NoNativeCode(`executable memory is not known on ${process.platform}`);
  const system = koffi.load(null);
  const map = system.func(
    'uintptr_t mmap(uintptr_t address, size_t length, int protection, int flags, int file, int64_t offset)',
  );
  const protect = system.func('int mprotect(uintptr_t address, size_t length, int protection)');
  const copy = system.func('uintptr_t memcpy(uintptr_t to, const void *from, size_t length)');
  // Linux makes new code visible to AArch64's instruction cache when the protection changes; macOS has to be told.
  const publish =
    process.platform === 'darwin'
      ? system.func('void sys_icache_invalidate(uintptr_t begin, size_t length)')
      : null;
  return code => {
    const { length } = code;
    const address = Number(map(0, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | anonymous, -1, 0));
    if (address === Number(0xffff_ffff_ffff_ffffn) || address <= 0) {
      throw new NoNativeCode('the system gives no memory for machine code');
    }
    copy(address, code, code.length);
    if (protect(address, length, PROT_READ | PROT_EXEC) !== 0) {
      throw new NoNativeCode('the system does not let memory be made executable');
    }
    publish?.(address, length);
    return address;
  };
}

function placeOnWindows(koffi: Koffi): PlaceCode {
  const kernel = koffi.load('kernel32.dll');
  const allocate = kernel.func(
    'uintptr_t VirtualAlloc(uintptr_t address, size_t length, uint32_t type, uint32_t protection)',
  );
  const protect = kernel.func(
    'int VirtualProtect(uintptr_t address, size_t length, uint32_t protection, _Out_ uint32_t *before)',
  );
  const copy = kernel.func('void RtlMoveMemory(uintptr_t to, const void *from, size_t length)');
  const self = kernel.func('uintptr_t GetCurrentProcess()')();
  const publish = kernel.func('int FlushInstructionCache(uintptr_t process, uintptr_t begin, size_t length)');
  return code => {
    const { length } = code;
    const address = Number(allocate(0, length, MEM_COMMIT_RESERVE, PAGE_READWRITE));
    if (address === 0) throw new NoNativeCode('the system gives no memory for machine code');
    copy(address, code, code.length);
    if (protect(address, length, PAGE_EXECUTE_READ, [0]) === 0) {
      throw new NoNativeCode('the system does not let memory be made executable');
    }
    publish(self, address, length);
    return address;
  };
}
