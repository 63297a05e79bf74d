/**
 * Thread that reads blocks of rows from a file into the arena, and does nothing else. The coordinator says where they belong;
 * no other thread reads or writes there until it has the reply.
 */
import { readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import type { BlockPlace, ReaderSetup, ReadProblem, ReadReply } from '../src/protocol/blocks.js';

const { memory, file } = workerData as ReaderSetup;

parentPort!.on('message', (blocks: BlockPlace[]) => {
  const problem = blocks.map(readBlock).find(one => one !== null) ?? null;
  parentPort!.postMessage({ problem } satisfies ReadReply);
});

/** Returns why the block can't be used; null if it can. */
function readBlock({ offset, bytes, address, sum }: BlockPlace): ReadProblem | null {
  const into = new Uint8Array(memory.buffer, address, bytes);
  try {
    for (let done = 0; done < bytes; ) {
      const count = readSync(file, into, done, bytes - done, offset + done);
      if (count === 0) return { what: 'it has lost its end', isDamage: true };
      done += count;
    }
  } catch (error) {
    return { what: `it can't be read: ${(error as Error).message}`, isDamage: false };
  }
  if (crc32(into) === sum) return null;
  return { what: `it is damaged in the ${bytes} bytes from ${offset} on`, isDamage: true };
}
