/** Fuzzed containers: gzip, zip, zstd and bzip2. What is read is what another decoder unpacks. */
import { constants, crc32, gunzipSync, gzipSync, inflateRawSync } from 'node:zlib';
import { packingOf } from '../../../src/data/spool/format.js';
import { unpack } from '../../../src/data/spool/unpack.js';
import { claim, fileOf, passing, type Target } from './target.js';

const GZIP_HEAD_BYTES = 10;
const GZIP_TAIL_BYTES = 8;

/** Corrects checksum and length at the end of a gzip file of one member without a name; other inputs as they are. */
export function mendGzip(input: Uint8Array): Uint8Array {
  const isSimple = input[0] === 0x1f && input[1] === 0x8b && input[3] === 0;
  if (!isSimple || input.length < GZIP_HEAD_BYTES + GZIP_TAIL_BYTES) return input;
  const packed = input.subarray(GZIP_HEAD_BYTES, -GZIP_TAIL_BYTES);
  try {
    const content = inflateRawSync(packed, {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: 2 ** 20,
    });
    const mended = Buffer.from(input);
    mended.writeUInt32LE(crc32(content), input.length - GZIP_TAIL_BYTES);
    mended.writeUInt32LE(content.length, input.length - 4);
    return mended;
  } catch {
    return input;
  }
}

const ENTRY = Buffer.from('PK\u0001\u0002');
const STORED = 0;

/** @throws Error if a file of an archive that was read has another checksum than its list says; zip64 is left out */
export function checkSums(archive: Uint8Array): void {
  const zip = Buffer.from(archive);
  const end = zip.lastIndexOf('PK\u0005\u0006');
  let entry = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (!zip.subarray(entry, entry + 4).equals(ENTRY)) return;
    const [sum, size, local] = [16, 20, 42].map(at => zip.readUInt32LE(entry + at)) as [
      number,
      number,
      number,
    ];
    const [name, extra, comment] = [28, 30, 32].map(at => zip.readUInt16LE(entry + at)) as [
      number,
      number,
      number,
    ];
    if (local === 0xffffffff || size === 0xffffffff) return;
    const begin = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(begin, begin + size);
    const content = zip.readUInt16LE(entry + 10) === STORED ? packed : inflateRawSync(packed);
    claim(crc32(content) === sum, `a file of checksum ${sum}, not ${crc32(content)}`);
    entry += 46 + name + extra + comment;
  }
}

/** Five rows and their names, in each kind of container; the last one is of the form for files beyond 4 GiB. */
const TABLE = 'a,y\n1,2\n1,2\n1,2\n1,2\n1,2\n';
const PACKED = [
  'KLUv/SQYbQAAOGEseQoxLDIBAM/OCMG/jLA=',
  'QlpoOTFBWSZTWRQNXBwAAAtZgAAQAAQwACAAACAgACEUMgwCxIliVMzxdyRThQkBQNXBwA==',
  'UEsDBBQAAAAAAC+MgV12OwBPGAAAABgAAAAFAAAAYS5jc3ZhLHkKMSwyCjEsMgoxLDIKMSwyCjEsMgpQSwECFAMUAAAAAAAvjIFddjsATxgAAAAYAAAABQAAAAAAAAAAAAAAgAEAAAAAYS5jc3ZQSwUGAAAAAAEAAQAzAAAAOwAAAAAA',
  'UEsDBBQAAAAIAC+MgV12OwBPCgAAABgAAAAFAAAAYS5jc3ZL1KnkMtQxwsAAUEsBAhQDFAAAAAgAL4yBXXY7AE8KAAAAGAAAAAUAAAAAAAAAAAAAAIABAAAAAGEuY3N2UEsFBgAAAAABAAEAMwAAAC0AAAAAAA==',
  'UEsDBC0AAAAAAAAAIQB2OwBP//////////8FABQAYS5jc3YBABAAGAAAAAAAAAAYAAAAAAAAAGEseQoxLDIKMSwyCjEsMgoxLDIKMSwyClBLAQItAy0AAAAAAAAAIQB2OwBPGAAAABgAAAAFAAAAAAAAAAAAAACAAQAAAABhLmNzdlBLBQYAAAAAAQABADMAAABPAAAAAAA=',
].map(text => Buffer.from(text, 'base64'));

/** What is unpacked has the checksum that its container says; zstd's and bzip2's are those of their decoders. */
const packedTarget: Target = {
  seeds: [...PACKED, gzipSync(TABLE), Buffer.concat([gzipSync('a,y\n'), gzipSync('1,2\n')])],
  words: ['PK\u0001\u0002', 'PK\u0005\u0006', 'PK\u0006\u0006', 'PK\u0006\u0007', 'BZh9'],
  run: input =>
    passing(async () => {
      const packing = packingOf(input);
      if (packing === null) return;
      const { pieces } = await unpack(fileOf('any.packed', input), packing, 'any.packed');
      const read: Uint8Array[] = [];
      for await (const piece of pieces) read.push(piece);
      if (packing === 'gzip') claim(gunzipSync(input).equals(Buffer.concat(read)), 'what zlib unpacks');
      if (packing === 'zip') checkSums(input);
    }),
  mend: mendGzip,
};

export const PACKED_TARGETS: Readonly<Record<string, Target>> = { packed: packedTarget };
