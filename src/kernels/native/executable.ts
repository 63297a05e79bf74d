/**
 * Memory that holds machine code: written first, then made executable, never both at once. The system's own functions
 * are called for that through koffi. Each thread has its own; the coordinator gives back what threads had that have ended
 * (code-regions.ts). Tried on Linux; on macOS and Windows written by their documentation.
 */
import { type Koffi, loadKoffi } from '../../native.js';
import { CodeRegions } from './code-regions.js';

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
const MEM_RELEASE = 0x8000;
const PAGE_READWRITE = 4;
const PAGE_EXECUTE_READ = 0x20;
const WINDOWS_PAGE_BYTES = 4096;

/** Memory is taken in such regions, of which only what is written takes room. */
const REGION_BYTES = 1 << 20;

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

/** What is asked of the system. Addresses and bytes are multiples of pageBytes, except those of code that is written. */
interface System {
  koffi: Koffi;
  pageBytes: number;
  /** Memory that can be written. Returns its address. @throws NoNativeCode */
  map(bytes: number): number;
  write(address: number, code: Uint8Array): void;
  /** @throws NoNativeCode */
  makeExecutable(address: number, bytes: number): void;
  unmap(address: number, bytes: number): void;
}

let opened: System | null = null;
/** Where this thread notes its regions; null if they stay as long as the process. */
let regions: CodeRegions | null = null;
let next = 0;
let end = 0;

/** How this system is asked for executable memory. @throws NoNativeCode */
export function executableMemory(): { koffi: Koffi; place: PlaceCode } {
  const { koffi } = openSystem();
  return { koffi, place };
}

/** Notes the regions that this thread takes from now on. */
export function noteCodeIn(shared: SharedArrayBuffer): void {
  regions = new CodeRegions(shared);
}

/** Gives back what is noted there. No thread may run it any more. */
export function releaseCode(ended: CodeRegions): void {
  for (const { address, bytes } of ended.take()) openSystem().unmap(address, bytes);
}

/** Each kernel has pages of its own, which are made executable while the rest of the region can still be written. */
function place(code: Uint8Array): number {
  const system = openSystem();
  const bytes = roundUp(code.length, system.pageBytes);
  if (bytes > end - next) {
    const size = roundUp(Math.max(bytes, REGION_BYTES), system.pageBytes);
    next = system.map(size);
    end = next + size;
    regions?.add(next, size);
  }
  const address = next;
  system.write(address, code);
  system.makeExecutable(address, bytes);
  next += bytes;
  return address;
}

const roundUp = (bytes: number, step: number) => Math.ceil(bytes / step) * step;

function openSystem(): System {
  try {
    const koffi = loadKoffi();
    opened ??= process.platform === 'win32' ? openWindows(koffi) : openPosix(koffi);
    return opened;
  } catch (error) {
    if (error instanceof NoNativeCode) throw error;
    throw new NoNativeCode((error as Error).message, 'npm install koffi');
  }
}

function openPosix(koffi: Koffi): System {
  const anonymous = MAP_ANONYMOUS[process.platform];
  if (anonymous === undefined)
    throw new NoNativeCode(`executable memory is not known on ${process.platform}`);
  const system = koffi.load(null);
  const map = system.func(
    'uintptr_t mmap(uintptr_t address, size_t length, int protection, int flags, int file, int64_t offset)',
  );
  const unmap = system.func('int munmap(uintptr_t address, size_t length)');
  const protect = system.func('int mprotect(uintptr_t address, size_t length, int protection)');
  const copy = system.func('uintptr_t memcpy(uintptr_t to, const void *from, size_t length)');
  // Linux makes new code visible to AArch64's instruction cache when the protection changes; macOS has to be told.
  const publish =
    process.platform === 'darwin'
      ? system.func('void sys_icache_invalidate(uintptr_t begin, size_t length)')
      : null;
  return {
    koffi,
    pageBytes: system.func('int getpagesize()')(),
    map(bytes) {
      const address = Number(map(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | anonymous, -1, 0));
      if (address === Number(0xffff_ffff_ffff_ffffn) || address <= 0) throw noMemory();
      return address;
    },
    write: (address, code) => copy(address, code, code.length),
    makeExecutable(address, bytes) {
      if (protect(address, bytes, PROT_READ | PROT_EXEC) !== 0) throw notExecutable();
      publish?.(address, bytes);
    },
    unmap: (address, bytes) => unmap(address, bytes),
  };
}

function openWindows(koffi: Koffi): System {
  const kernel = koffi.load('kernel32.dll');
  const allocate = kernel.func(
    'uintptr_t VirtualAlloc(uintptr_t address, size_t length, uint32_t type, uint32_t protection)',
  );
  const free = kernel.func('int VirtualFree(uintptr_t address, size_t length, uint32_t type)');
  const protect = kernel.func(
    'int VirtualProtect(uintptr_t address, size_t length, uint32_t protection, _Out_ uint32_t *before)',
  );
  const copy = kernel.func('void RtlMoveMemory(uintptr_t to, const void *from, size_t length)');
  const self = kernel.func('uintptr_t GetCurrentProcess()')();
  const publish = kernel.func('int FlushInstructionCache(uintptr_t process, uintptr_t begin, size_t length)');
  return {
    koffi,
    pageBytes: WINDOWS_PAGE_BYTES,
    map(bytes) {
      const address = Number(allocate(0, bytes, MEM_COMMIT_RESERVE, PAGE_READWRITE));
      if (address === 0) throw noMemory();
      return address;
    },
    write: (address, code) => copy(address, code, code.length),
    makeExecutable(address, bytes) {
      if (protect(address, bytes, PAGE_EXECUTE_READ, [0]) === 0) throw notExecutable();
      publish(self, address, bytes);
    },
    // A length of 0: the region as it was allocated.
    unmap: address => free(address, 0, MEM_RELEASE),
  };
}

const noMemory = () => new NoNativeCode('the system gives no memory for machine code');
const notExecutable = () => new NoNativeCode('the system does not let memory be made executable');
