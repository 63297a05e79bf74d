/**
 * Recognises data formats by file name or by the first bytes. Known formats that can't be read are named in
 * the error, with advice.
 */
import { basename } from 'node:path';
import { failure } from '../../errors.js';
import { isIdx } from '../images/idx.js';

export const FORMATS = ['csv', 'tsv', 'json', 'parquet', 'npy', 'npz', 'arrow', 'libsvm', 'idx'] as const;
export type Format = (typeof FORMATS)[number];

export type Packing = 'gzip' | 'zstd' | 'bzip2' | 'zip';

const EXTENSIONS: Readonly<Record<string, Format>> = {
  csv: 'csv',
  txt: 'csv',
  data: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  json: 'json',
  ndjson: 'json',
  jsonl: 'json',
  parquet: 'parquet',
  npy: 'npy',
  npz: 'npz',
  arrow: 'arrow',
  arrows: 'arrow',
  feather: 'arrow',
  ipc: 'arrow',
  libsvm: 'libsvm',
  svmlight: 'libsvm',
  svm: 'libsvm',
};

const PACKED = /\.(gz|zst|bz2|zip)$/i;

/** File extensions of tables, for messages. */
export const TABLE_NAMES = '.csv, .tsv, .json, .ndjson, .parquet, .npy, .npz, .arrow, .feather or .libsvm';

/** Name of the content of a compressed file: train.csv for train.csv.zst. */
export function unpackedName(name: string): string {
  return name.replace(PACKED, '');
}

/** The format that a file name implies, or null. */
export function formatOfName(name: string): Format | null {
  if (/idx\d/.test(basename(name)) && !/\.(csv|tsv|json|parquet)/.test(name)) return 'idx';
  const [, extension = ''] = /\.(\w+)$/.exec(unpackedName(name)) ?? [];
  return EXTENSIONS[extension.toLowerCase()] ?? null;
}

/** Number of bytes that is enough to recognise a format. */
export const BEGINNING = 4096;

/** Compression format by the first bytes; null if the data isn't compressed. */
export function packingOf(bytes: Uint8Array): Packing | null {
  if (begins(bytes, 0x1f, 0x8b)) return 'gzip';
  if (begins(bytes, 0x28, 0xb5, 0x2f, 0xfd)) return 'zstd';
  // BZh1 to BZh9, then a data block or the end of the stream.
  const text = latin1(bytes.subarray(0, 10));
  if (/^BZh[1-9]/.test(text) && ['1AY&SY', '\x17rE8P\x90'].includes(text.slice(4))) return 'bzip2';
  return begins(bytes, 0x50, 0x4b, 0x03, 0x04) || begins(bytes, 0x50, 0x4b, 0x05, 0x06) ? 'zip' : null;
}

/** Format of uncompressed data by its magic bytes; null for text and unknown data. */
export function formatOfMark(bytes: Uint8Array): Format | null {
  const text = latin1(bytes.subarray(0, 8));
  if (text.startsWith('PAR1')) return 'parquet';
  if (text.startsWith('\x93NUMPY')) return 'npy';
  // An Arrow stream begins with a four-byte marker and the length of its schema.
  if (text.startsWith('ARROW1') || (text.startsWith('\xff\xff\xff\xff') && bytes.length > 8)) return 'arrow';
  return isIdx(bytes.subarray(0, 4)) ? 'idx' : null;
}

/** A label, then index:value pairs. */
const LIBSVM = /^[ \t]*[^\s:,]+(\s+qid:\d+)?(\s+\d+:[^\s:,]+)+\s*(#.*)?$/;

/** Format of text, judged by its beginning. */
export function formatOfText(text: string): Format {
  if (/^\s*[[{]/.test(text)) return 'json';
  const line = text.split(/\r?\n/).find(line => line.trim() !== '' && !line.startsWith('#')) ?? '';
  return LIBSVM.test(line) ? 'libsvm' : 'csv';
}

const FOREIGN: readonly { marks: string[]; is: string; hint: string }[] = [
  {
    marks: ['FEA1'],
    is: 'Feather of version 1',
    hint: 'Write it anew: df.to_feather(path), with a pandas of today.',
  },
  { marks: ['\x89HDF'], is: 'HDF5', hint: 'Write it as Parquet: df.to_parquet(path).' },
  { marks: ['SQLite format 3'], is: 'an SQLite database', hint: 'Write the table as CSV or Parquet.' },
  { marks: ['\xfd7zXZ'], is: 'xz', hint: 'Unpack it: xz -d.' },
  { marks: ['7z\xbc\xaf'], is: '7z', hint: 'Unpack it.' },
  { marks: ['MATLAB 5.0'], is: 'a MATLAB file', hint: 'Write it as CSV or .npz.' },
  {
    marks: ['\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'],
    is: 'a Python pickle',
    hint: 'Write it as Parquet or .npz.',
  },
  { marks: ['Obj\x01'], is: 'Avro', hint: 'Write it as Parquet.' },
  { marks: ['ORC\n', 'ORC\b', 'ORC\x12'], is: 'ORC', hint: 'Write it as Parquet.' },
  { marks: ['\xd0\xcf\x11\xe0'], is: 'an old Excel workbook', hint: 'Save it as CSV.' },
  { marks: ['%PDF-'], is: 'a PDF document', hint: 'Save its table as CSV.' },
  {
    marks: ['<!doctype html', '<html'],
    is: 'a web page',
    hint: 'Fetch the data itself, perhaps its raw file.',
  },
];

/** @throws failed if the data begins like a known format that can't be read */
export function refuseForeign(bytes: Uint8Array, name: string): void {
  const text = latin1(bytes.subarray(0, 64));
  const page = text.trimStart().toLowerCase();
  const foreign = FOREIGN.find(({ marks }) =>
    marks.some(mark => text.startsWith(mark) || page.startsWith(mark)),
  );
  if (foreign) throw failure(`${name} is ${foreign.is}, which can't be read.`, foreign.hint);
}

function begins(bytes: Uint8Array, ...mark: number[]): boolean {
  return mark.every((byte, i) => bytes[i] === byte);
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
