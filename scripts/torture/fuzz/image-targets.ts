/** The fuzzed parser of images and labels in IDX files. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { product, readIdx } from '../../../src/data/images/idx.js';
import { encodeLabels, encodingOf } from '../../../src/data/images/labels.js';
import { mendGzip } from './packed-targets.js';
import { claim, fileOf, passing, type Target } from './target.js';

/** An IDX file: zero, zero, type, number of dimensions, their sizes, elements. */
function idx(type: number, sizes: number[], elements: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 + 4 * sizes.length));
  view.setUint16(2, (type << 8) | sizes.length);
  for (const [i, size] of sizes.entries()) view.setUint32(4 + 4 * i, size);
  return Uint8Array.from([...new Uint8Array(view.buffer), ...elements]);
}

const IMAGES = idx(8, [2, 2, 2], [0, 1, 2, 3, 4, 5, 6, 7]);

/** Bytes of an element, by type. */
const IDX_BYTES: Readonly<Record<number, number>> = { 8: 1, 9: 1, 11: 2, 12: 4, 13: 4, 14: 8 };

const idxTarget: Target = {
  seeds: [
    IMAGES,
    gzipSync(IMAGES),
    gzipSync(IMAGES, { level: 0 }),
    idx(8, [4], [0, 1, 2, 1]),
    idx(9, [2], [255, 1]),
    idx(11, [2], [0, 1, 255, 255]),
    idx(12, [1, 1], [0, 0, 1, 0]),
    idx(13, [2, 1], [0x3f, 0x80, 0, 0, 0xbf, 0x80, 0, 0]),
    idx(14, [1, 1], [0x3f, 0xf0, 0, 0, 0, 0, 0, 0]),
  ],
  words: [],
  run: input =>
    passing(async () => {
      const read = await readIdx(fileOf('any-idx', input));
      claim(read.values.length === product(read.dimensions), 'as many elements as the header says');
      const plain = input[0] === 0 ? input : gunzipSync(input);
      const expected = 4 + 4 * read.dimensions.length + read.values.length * IDX_BYTES[plain[2]!]!;
      claim(expected === plain.length, `${expected} bytes, not ${plain.length}`);
      if (read.dimensions.length !== 1) return;
      const { task, encoding } = encodingOf(read, 'auto');
      const { y } = encodeLabels(read, task, encoding.classes);
      claim(y.length === read.values.length, 'a target for each label');
    }),
  mend: mendGzip,
};

export const IMAGE_TARGETS: Readonly<Record<string, Target>> = { idx: idxTarget };
