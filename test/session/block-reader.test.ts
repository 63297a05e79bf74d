/** The thread that reads blocks of a file into shared memory, through the system's cache or past it. */
import { closeSync, ftruncateSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { plainChecksum } from '../../src/kernels/checksum.js';
import { compileWasm } from '../../src/kernels/wasm.js';
import { Random } from '../../src/random.js';
import { BlockReader, openDirect } from '../../src/session/block-reader.js';
import { makeFolder } from '../store/folder.js';

const folder = makeFolder();
const random = new Random(1, 'probe');
const BYTES = Uint8Array.from({ length: 40_000 }, (_, i) => random.word(i));
const path = join(folder, 'blocks');
writeFileSync(path, BYTES);
const file = openSync(path, 'r+');
afterAll(() => closeSync(file));

const BLOCKS = [
  { offset: 0, bytes: 8192, address: 0 },
  { offset: 4096, bytes: 512, address: 12_288 },
  // Not at sectors, and beyond the last whole one.
  { offset: 5, bytes: 1000, address: 16_384 },
  { offset: 8192, bytes: 4096, address: 20_008 },
  { offset: 39_936, bytes: 64, address: 28_672 },
].map(place => ({ ...place, sum: plainChecksum(BYTES.subarray(place.offset, place.offset + place.bytes)) }));

function startReader(direct: number | null) {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  return { memory, reader: new BlockReader({ memory, build: compileWasm(), file, direct }) };
}

describe('a thread that reads blocks', () => {
  it('bypasses a cache that is too small for the file, and no other', () => {
    expect(openDirect(file, 40_000)).toBeNull();
    const direct = openDirect(file, 39_999);
    if (direct !== null) closeSync(direct);
    // A file system in memory may refuse, other systems than Linux have no such files.
    if (process.platform !== 'linux') expect(direct).toBeNull();
  });

  it.each(['through', 'past'])('puts them where they belong, %s the cache', async way => {
    const direct = way === 'past' ? openDirect(file, 0) : null;
    const { memory, reader } = startReader(direct);
    expect(await reader.read(BLOCKS)).toBeNull();
    for (const { offset, bytes, address } of BLOCKS) {
      const got = new Uint8Array(memory.buffer, address, bytes);
      expect(Buffer.compare(got, BYTES.subarray(offset, offset + bytes))).toBe(0);
    }
    const [{ sum, ...place }] = BLOCKS as [(typeof BLOCKS)[0]];
    const damage = await reader.read([{ ...place, sum: sum ^ 1 }]);
    expect(damage).toEqual({ what: 'it is damaged in the 8192 bytes from 0 on', isDamage: true });
    ftruncateSync(file, 8000);
    expect(await reader.read([{ ...place, sum }])).toEqual({ what: 'it has lost its end', isDamage: true });
    writeFileSync(path, BYTES);
    await reader.close();
    if (direct !== null) closeSync(direct);
  });

  it('says that it cannot read what it cannot be told', async () => {
    const { reader } = startReader(null);
    const place = { ...BLOCKS[0]!, sum: Symbol('none') as unknown as number };
    expect(await reader.read([place])).toEqual({
      what: "it can't be read: Symbol(none) could not be cloned",
      isDamage: false,
    });
    expect(await reader.read([BLOCKS[0]!])).toBeNull();
    await reader.close();
  });
});
