/** Fuzzed parsers of what users type and what lockstep keeps: option values, search spaces, journals, caches of rows. */
import { checkOptions, defaults, writeSettings } from '../../../src/config/settings.js';
import { parseSpace } from '../../../src/config/space.js';
import { BlockBuffer } from '../../../src/kernels/checksum.js';
import { CHECKSUMS, DESCRIPTION, FORMAT } from '../../../src/store/cache/format.js';
import { describeCache, readCache, verifyCache } from '../../../src/store/cache/read.js';
import { readJournal } from '../../../src/store/journal.js';
import { bytes, claim, fileOf, passing, type Target } from './target.js';

/** Lines NAME=VALUE, as the command line reads them. What is accepted is written, and read again, as it was. */
const optionsTarget: Target = {
  seeds: [
    'hidden=128,64\ndropout=0.2,0.5\nlr=0.01\nbatch-size=full',
    'batch-schedule=0:64,10:512\nclass-weights=a=2,b=0.5\nmax-time=1.5h\ncheckpoint-every=10m',
    'target=a,"b,c"\nmetrics=f1,auc\ntarget-metric=accuracy=0.98\nskip-rows=1,2\nseed=9007199254740991',
    'memory=1.5G\nworkers=auto\nshards=4\nactivation=relu,tanh\nvalidation=0.2\nfolds=5',
  ].map(bytes),
  words: [
    '=',
    ',',
    '"',
    'auto',
    'full',
    'none',
    'balanced',
    '1e9',
    '-1',
    '0x10',
    '1G',
    '10m',
    '0:',
    ':',
    'NaN',
    ' ',
  ],
  run: input =>
    passing(async () => {
      const lines = new TextDecoder().decode(input).split('\n');
      const pairs = lines.map((line): [string, string] => [
        line.split('=')[0]!,
        line.slice(line.indexOf('=') + 1),
      ]);
      const given = checkOptions('train', Object.fromEntries(pairs), null);
      const settings = { ...defaults(), ...given };
      const written = writeSettings('train', settings);
      const again = writeSettings('train', {
        ...defaults(),
        ...checkOptions('train', written, 'config.json'),
      });
      claim(
        JSON.stringify(again) === JSON.stringify(written),
        `${JSON.stringify(written)} after writing and reading`,
      );
    }),
};

const spaceTarget: Target = {
  seeds: [
    'lr=0.001..1 log; hidden=128|128,64; optimizer=sgd|adam; momentum=0.5..0.99 if optimizer=sgd',
    'batch-size=16..64\ndropout=0|0.2|0.4',
  ].map(bytes),
  words: ['..', '|', ';', '=', ' log', ' if ', 'lr', 'hidden', 'optimizer=sgd', '1e-5', '0', '-1'],
  run: input =>
    passing(async () => {
      for (const dimension of parseSpace(new TextDecoder().decode(input))) {
        if (dimension.kind === 'choices') {
          claim(
            new Set(dimension.values.map(value => JSON.stringify(value))).size === dimension.values.length,
            'different values',
          );
          continue;
        }
        claim(dimension.low < dimension.high, `a range that rises, not ${dimension.low}..${dimension.high}`);
        claim(!dimension.log || dimension.low > 0, 'a log range above 0');
      }
    }),
};

const journalTarget: Target = {
  seeds: ['{"kind":"scale","version":1}\n{"point":1}\n{"point":', '[]\n1\nnull\n', ''].map(bytes),
  words: ['\n', '{"', '}', 'null', '\r\n', '\u0000'],
  run: input =>
    passing(async () => {
      const records = await readJournal(fileOf('any.journal', input));
      const ends = new TextDecoder().decode(input).split('\n').length - 1;
      claim(records?.length === ends, `${ends} records, not ${records?.length}`);
    }),
};

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

export const TEXT_TARGETS: Readonly<Record<string, Target>> = {
  options: optionsTarget,
  space: spaceTarget,
  journal: journalTarget,
  cache: cacheTarget,
};
