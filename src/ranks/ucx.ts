/**
 * UCX, which moves the bytes below MPICH and many builds of Open MPI, has two habits that end a process of Node.js. They are
 * turned off by its own variables, which it reads while it is loaded; a user's values stay.
 */
import { readFileSync } from 'node:fs';

/** So much the heap may grow while the library starts. */
const HEAP_GROWTH = 64 * 2 ** 20;

/** Only the main thread's process.env is the one that libraries read. */
export function tameUcx(): void {
  // It catches SIGSEGV, by which V8 notices an access of WebAssembly beyond its memory: no error would be thrown, the process
  // would end.
  process.env.UCX_ERROR_SIGNALS ??= '';
  // It watches for memory that is given back, and tries whether that works by sbrk(+n) and sbrk(−n). If the first fails, as a
  // mapping follows the heap (1 of 250 processes), the second cuts off a used part of the heap, and the process ends somewhere
  // later. Without watching, it registers memory with the network card for each message instead of once.
  if (!canHeapGrow()) process.env.UCX_MEM_EVENTS ??= 'n';
}

/** Whether the addresses after the heap are free; true on systems that do not say. */
function canHeapGrow(): boolean {
  let maps: string[];
  try {
    maps = readFileSync('/proc/self/maps', 'utf8').split('\n');
  } catch {
    return true;
  }
  const heap = maps.findLastIndex(line => line.endsWith('[heap]'));
  const next = maps[heap + 1];
  if (heap < 0 || !next) return true;
  const end = /-([0-9a-f]+)/.exec(maps[heap]!)![1]!;
  const begin = /^([0-9a-f]+)-/.exec(next)?.[1];
  return begin === undefined || BigInt(`0x${begin}`) - BigInt(`0x${end}`) > HEAP_GROWTH;
}
