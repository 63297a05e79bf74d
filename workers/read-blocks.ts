/**
 * Thread that reads blocks of rows from a file into the arena, and does nothing else. The coordinator says where they belong;
 * no other thread reads or writes there until it has the reply.
 */
import { readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { bindChecksum } from '../src/kernels/checksum.js';
import type { BlockPlace, ReaderSetup, ReadProblem, ReadReply } from '../src/protocol/blocks.js';

const { memory, build, file, direct } = workerData as ReaderSetup;
const checksum = bindChecksum(build, memory);

/** Disks read multiples of 512 bytes, to addresses that are such multiples. */
const SECTOR_BYTES = 512;

/** Whether blocks are read past the system's cache; not after the first that could not be. */
let isDirect = direct !== null;

parentPort!.on('message', (blocks: BlockPlace[]) => {
  const problem = blocks.map(readBlock).find(one => one !== null) ?? null;
  parentPort!.postMessage({ problem } satisfies ReadReply);
});

/** Returns why the block can't be used; null if it can. */
function readBlock(place: BlockPlace): ReadProblem | null {
  const { offset, bytes, address, sum } = place;
  try {
    const isWhole = readDirectly(place) || readFrom(file, place);
    if (!isWhole) return { what: 'it has lost its end', isDamage: true };
  } catch (error) {
    return { what: `it can't be read: ${(error as Error).message}`, isDamage: false };
  }
  if (checksum(address, bytes) === sum) return null;
  return { what: `it is damaged in the ${bytes} bytes from ${offset} on`, isDamage: true };
}

/** Returns false if that can't be done: the disk reads larger units, or the file has lost its end. */
function readDirectly(place: BlockPlace): boolean {
  const { offset, bytes, address } = place;
  if (!isDirect || [offset, bytes, address].some(one => one % SECTOR_BYTES !== 0)) return false;
  try {
    return readFrom(direct!, place);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
    isDirect = false;
    return false;
  }
}

/** Returns false if the file ends too early. */
function readFrom(descriptor: number, { offset, bytes, address }: BlockPlace): boolean {
  const into = new Uint8Array(memory.buffer, address, bytes);
  for (let done = 0; done < bytes; ) {
    const count = readSync(descriptor, into, done, bytes - done, offset + done);
    if (count === 0) return false;
    done += count;
  }
  return true;
}
