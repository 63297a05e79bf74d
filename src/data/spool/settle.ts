/**
 * From a file as it came to files that DuckDB reads: unpacked, in UTF-8, arrays as Parquet. What can be read where it is
 * stays there; everything else becomes a temporary file.
 */

import { gunzipSync, constants as zlib } from 'node:zlib';
import { failure, LockstepError } from '../../errors.js';
import { option } from '../../wording.js';
import { readBeginning } from '../files.js';
import type { TableFormat } from '../table/format.js';
import { isColumnJson, MOST_LETTERS } from './column-json.js';
import { decodeBeginning, encodingOf, toUtf8 } from './encoding.js';
import {
  BEGINNING,
  type Format,
  formatOfMark,
  formatOfName,
  formatOfText,
  packingOf,
  refuseForeign,
  TABLE_NAMES,
  unpackedName,
} from './format.js';
import { Scratch } from './scratch.js';
import { unpack } from './unpack.js';

export interface OpenOptions {
  /** Instead of what names and first bytes say. */
  format?: Format | null;
  /** Columns that a network has learnt: of a format that leaves out what is zero, they are there. */
  wanted?: readonly string[];
}

/** What a file has become. */
export interface Settled {
  /** In the order of the rows. */
  paths: string[];
  format: TableFormat | 'idx';
  /** What a file of arrays is called; null for others. */
  arrays: string | null;
}

const ARRAYS = { npy: 'NPY', npz: 'NPZ', arrow: 'Arrow', libsvm: 'libsvm' } as const;

export class Settler {
  /** What was decided about the data, one sentence each. */
  readonly notes: string[] = [];
  readonly #format: Format | null;
  readonly #wanted: readonly string[];
  /** What temporary files are called in messages. */
  readonly #shown = new Map<string, string>();
  #scratch: Scratch | null = null;

  constructor({ format = null, wanted = [] }: OpenOptions) {
    this.#format = format;
    this.#wanted = wanted;
  }

  /** Writes a temporary file. `shown` is what it is called in messages. @throws failed if there is no room for it */
  async spool(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, shown: string): Promise<string> {
    const scratch = await this.#scratchFolder();
    const path = await scratch.write(pieces, shown);
    this.#shown.set(path, shown);
    return path;
  }

  /** @param isPipe its name says nothing. @throws failed if it can't be read, or is damaged */
  async settle(path: string, isPipe: boolean): Promise<Settled> {
    const shown = this.#shown.get(path) ?? path;
    // Its reader looks for the labels beside it.
    if ((this.#format ?? formatOfName(shown)) === 'idx')
      return { paths: [path], format: 'idx', arrays: null };
    const { path: plain, name } = await this.#unpackAll(path, shown);
    const bytes = await beginningOf(plain);
    const format = this.#format ?? formatOfName(name) ?? formatUnnamed(bytes, shown, isPipe);
    if (format === 'idx' || format === 'parquet') return { paths: [plain], format, arrays: null };
    refuseForeign(bytes, shown);
    if (format === 'csv' || format === 'tsv' || format === 'json') {
      return this.#settleText(format, plain, shown);
    }
    const paths = await this.#settleArrays(format, plain, shown);
    return { paths, format: 'parquet', arrays: ARRAYS[format] };
  }

  /** Takes off what a file is packed with, be it twice; gzip that is read as it is stays on. */
  async #unpackAll(path: string, shown: string): Promise<{ path: string; name: string }> {
    let name = shown;
    let plain = path;
    for (;;) {
      const packing = packingOf(await readBeginning(plain, BEGINNING));
      const format = this.#format ?? formatOfName(name);
      if (packing === null || (packing === 'zip' && (await isNpz(plain, format))))
        return { path: plain, name };
      if (packing === 'gzip' && plain === path && (await isReadPacked(path, format))) return { path, name };
      const inside = await unpack(plain, packing, shown);
      const hasFormat = inside.name !== null && formatOfName(inside.name) !== null;
      name = hasFormat ? inside.name! : unpackedName(name);
      plain = await this.spool(inside.pieces, shown);
    }
  }

  async #settleText(format: 'csv' | 'tsv' | 'json', path: string, shown: string): Promise<Settled> {
    const encoding = encodingOf(await beginningOf(path), shown);
    const plain = isRead(encoding, format) ? path : await this.spool(toUtf8(path, encoding, shown), shown);
    if (format === 'json') await refuseColumns(plain, shown);
    return { paths: [plain], format, arrays: null };
  }

  async #settleArrays(
    format: 'npy' | 'npz' | 'arrow' | 'libsvm',
    path: string,
    shown: string,
  ): Promise<string[]> {
    const { readTyped, writeParquet } = await import('../arrays/read.js');
    const table = await readTyped(format, path, { shown, wanted: this.#wanted });
    this.notes.push(...table.notes);
    const paths = await writeParquet(table, await this.#scratchFolder(), shown);
    for (const one of paths) this.#shown.set(one, shown);
    return paths;
  }

  async #scratchFolder(): Promise<Scratch> {
    this.#scratch ??= await Scratch.create();
    return this.#scratch;
  }

  /** The same error, its message about the source instead of temporary files; a wrong option may come of what was decided. */
  retell(error: unknown): unknown {
    if (!(error instanceof LockstepError)) return error;
    const tell = (text: string) =>
      [...this.#shown].reduce((told, [path, shown]) => told.replaceAll(path, shown), text);
    const { code, cause } = error;
    const { message, hint = '' } = error.text;
    const hints = [tell(hint), ...(code === 'usage' ? this.notes : [])].filter(Boolean).join(' ');
    return new LockstepError(code, tell(message), { ...(hints !== '' && { hint: hints }), cause });
  }

  /** Removes the temporary files. */
  dispose(): void {
    this.#scratch?.dispose();
  }
}

/** The format of a file whose name doesn't say it. */
function formatUnnamed(bytes: Uint8Array, shown: string, isPipe: boolean): Format {
  const marked = packingOf(bytes) === 'zip' ? 'npz' : formatOfMark(bytes);
  if (marked !== null) return marked;
  refuseForeign(bytes, shown);
  if (isPipe) return formatOfText(decodeBeginning(bytes, encodingOf(bytes, shown)));
  throw failure(
    `${shown}: neither its name nor its beginning says what it holds.`,
    `Add ${option('format')}, such as ${option('format', 'csv')}, or end its name with ${TABLE_NAMES}.`,
  );
}

/** The first bytes of what a file holds, looking through gzip; none if that is damaged, which its reader will say. */
async function beginningOf(path: string): Promise<Uint8Array> {
  const bytes = await readBeginning(path, BEGINNING);
  if (packingOf(bytes) !== 'gzip') return bytes;
  try {
    const unpacked = gunzipSync(bytes, { finishFlush: zlib.Z_SYNC_FLUSH, maxOutputLength: 2 ** 26 });
    return unpacked.subarray(0, BEGINNING);
  } catch {
    return new Uint8Array(0);
  }
}

/** Whether a file packed with gzip is read where it is: DuckDB goes by the name, the reader of IDX by the first bytes. */
async function isReadPacked(path: string, format: Format | null): Promise<boolean> {
  if (format === null && formatOfMark(await beginningOf(path)) === 'idx') return true;
  if (!path.endsWith('.gz') || (format !== 'csv' && format !== 'tsv' && format !== 'json')) return false;
  const inside = await beginningOf(path);
  return packingOf(inside) === null && isRead(encodingOf(inside, path), format);
}

/** Whether DuckDB reads text of that encoding: a mark it takes for a value in JSON. */
function isRead(encoding: ReturnType<typeof encodingOf>, format: 'csv' | 'tsv' | 'json'): boolean {
  return encoding === 'utf-8' || (encoding === 'utf-8 with a mark' && format !== 'json');
}

async function isNpz(path: string, format: Format | null): Promise<boolean> {
  if (format !== null) return format === 'npz';
  const { holdsArrays } = await import('../arrays/read.js');
  return holdsArrays(path);
}

/** @throws failed if JSON holds columns, as pandas writes it unless told otherwise */
async function refuseColumns(path: string, shown: string): Promise<void> {
  const beginning = new TextDecoder().decode(await beginningOf(path));
  const [line = ''] = beginning.split('\n', 1);
  const isLines = line.length < beginning.trimEnd().length && isWholeJson(line);
  if (isLines || !/^\s*(\{|\[\s*\[)/.test(beginning)) return;
  const bytes = await readBeginning(path, MOST_LETTERS);
  const text = packingOf(bytes) === 'gzip' ? beginning : new TextDecoder().decode(bytes);
  const shape = isColumnJson(text);
  if (shape === null) return;
  throw failure(
    `${shown} is JSON as pandas writes it with orient="${shape}"; rows are expected.`,
    'Write rows: df.to_json(path, orient="records").',
  );
}

function isWholeJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}
