/** The fuzzed parser of caches of encoded rows. */
import { BlockBuffer } from '../../../src/kernels/checksum.js';
import { CHECKSUMS, DESCRIPTION, FORMAT } from '../../../src/store/cache/format.js';
import { describeCache, readCache, verifyCache } from '../../../src/store/cache/read.js';
import { bytes, claim, fileOf, passing, type Target } from './target.js';

const TABLE = {
  data: { source: 'a.csv', task: 'regression', rows: 2, features: 2, outputs: 1, scale: 1, encoding: {} },
  spans: null,
  blockRows: 1,
};
const PLACES = {
  'training/x': { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] },
  'training/y': { dtype: 'F32', shape: [2, 1], data_offsets: [16, 24] },
  'training/rows': { dtype: 'U32', shape: [2, 1], data_offsets: [24, 32] },
};

const HEADER = bytes(
  JSON.stringify({
    __metadata__: {
      [DESCRIPTION]: JSON.stringify({
        ...{ format: FORMAT, key: 'k', identity: {}, fingerprint: {} },
        tables: { training: TABLE, validation: null },
      }),
    },
    ...PLACES,
    [CHECKSUMS]: { dtype: 'U32', shape: [7], data_offsets: [32, 60] },
  }).padEnd(568),
);

/** A cache of two rows, each a block, and its checksums: of the head, then of the blocks of x, y and rows. */
function makeCache(): Uint8Array {
  const head = new Uint8Array(8 + HEADER.length);
  new DataView(head.buffer).setBigUint64(0, BigInt(HEADER.length), true);
  head.set(HEADER, 8);
  const data = Uint8Array.from({ length: 32 }, (_, i) => i);
  const blocks = [
    head,
    ...[0, 8, 16, 20, 24, 28].map((begin, i) => data.subarray(begin, begin + (i < 2 ? 8 : 4))),
  ];
  const buffer = new BlockBuffer();
  const sums = Uint32Array.from(blocks, block => {
    buffer.view(0, block.length).set(block);
    return buffer.sum(0, block.length);
  });
  return Buffer.concat([head, data, new Uint8Array(sums.buffer)]);
}

const CACHE = makeCache();
/** Those of the blocks, at the end of the file. */
const SUMS_BYTES = 24;

/** A cache that is read holds the rows that were written, as long as its checksums are those of these rows. */
const cacheTarget: Target = {
  seeds: [CACHE],
  words: [
    '"blockRows":',
    '"training/x"',
    '"validation"',
    '"checksums"',
    '"dtype":"U8"',
    '"F64"',
    '[0,16]',
    '[2,2]',
    'null',
    '-1',
    '1e9',
  ],
  run: input =>
    passing(async () => {
      const path = fileOf('any.rows', input);
      verifyCache(path);
      const { key, format } = describeCache(path);
      claim(format === FORMAT, `a cache of format ${FORMAT}, not ${format}`);
      const { train } = readCache(path, key);
      const x = new Float32Array(train.x.count * train.x.width);
      train.x.write(x, 0, train.x.count);
      if (Buffer.compare(input.subarray(-SUMS_BYTES), CACHE.subarray(-SUMS_BYTES)) !== 0) return;
      const found = [...new Uint8Array(x.buffer), ...new Uint8Array((train.y as Float32Array).buffer)];
      claim(
        found.join() === Array.from({ length: 24 }, (_, i) => i).join(),
        `the rows that were written, not ${found}`,
      );
    }),
};

export const CACHE_TARGETS: Readonly<Record<string, Target>> = { cache: cacheTarget };
