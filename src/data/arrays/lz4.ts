/**
 * Decompresses LZ4 frames, which Arrow uses for the buffers of columns. Checksums are skipped, because Arrow
 * writes none; lengths are checked against the data, and Arrow specifies the total length.
 * https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 */

const MAGIC = 0x184d2204;
/** Flags of a frame. */
const BLOCK_CHECKSUM = 0x10;
const CONTENT_SIZE = 0x08;
const DICTIONARY = 0x01;
/** Highest bit of a block's length: the block is stored uncompressed. */
const STORED = 0x80000000;

/** Decompresses a frame with a content of `size` bytes. @throws RangeError if it is damaged */
export function unpackLz4(frame: Uint8Array, size: number): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw new RangeError('no LZ4 frame');
  const flags = view.getUint8(4);
  let at = 7 + (flags & CONTENT_SIZE ? 8 : 0) + (flags & DICTIONARY ? 4 : 0);
  const content = new Uint8Array(size);
  let done = 0;
  for (;;) {
    const length = view.getUint32(at, true);
    at += 4;
    if (length === 0) break;
    const bytes = length & ~STORED;
    const block = frame.subarray(at, at + bytes);
    if (block.length < bytes) throw new RangeError('an LZ4 block is cut short');
    if (length & STORED) {
      content.set(block, done);
      done += bytes;
    } else done = unpackBlock(block, content, done);
    at += bytes + (flags & BLOCK_CHECKSUM ? 4 : 0);
  }
  if (done !== size) throw new RangeError(`expected ${size} bytes in an LZ4 frame, got ${done}`);
  return content;
}

/** Decodes sequences of literals followed by repeated earlier bytes. Returns the end of the content. */
function unpackBlock(block: Uint8Array, content: Uint8Array, begin: number): number {
  let at = 0;
  let done = begin;
  const length = (low: number) => {
    let sum = low;
    if (low < 15) return sum;
    for (;;) {
      const more = block[at++];
      if (more === undefined) throw new RangeError('an LZ4 block is cut short');
      sum += more;
      if (more < 255) return sum;
    }
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = length(token >> 4);
    if (at + literals > block.length) throw new RangeError('an LZ4 block is cut short');
    content.set(block.subarray(at, at + literals), done);
    at += literals;
    done += literals;
    if (at >= block.length) break;
    const offset = block[at]! | (block[at + 1]! << 8);
    at += 2;
    const count = length(token & 15) + 4;
    if (offset === 0 || offset > done || done + count > content.length) {
      throw new RangeError('an LZ4 block refers to bytes that are not there');
    }
    for (let i = 0; i < count; i++, done++) content[done] = content[done - offset]!;
  }
  return done;
}
