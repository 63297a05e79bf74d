/**
 * Converts files to ones that DuckDB can read: uncompressed, in UTF-8, arrays as Parquet. A file that can be
 * read in place stays there; all others become temporary files.
 */
import { failure, LockstepError } from '../../errors.js';
import { option } from '../../option-names.js';
import { gunzipBeginning, readBeginning } from '../files.js';
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
  /** Overrides the detected format. */
  format?: Format | null;
  /**
   * Columns that a network was trained on. For formats that omit zeros, they are added if they are absent.
   */
  wanted?: readonly string[];
}

/** Result of preparing a file. */
export interface Settled {
  /** In row order. */
  paths: string[];
  format: TableFormat | 'idx';
  /** Name of the array format; null for other files. */
  arrays: string | null;
}

const ARRAYS = { npy: 'NPY', npz: 'NPZ', arrow: 'Arrow', libsvm: 'libsvm' } as const;

export class Settler {
  /** Decisions made about the data, one sentence each. */
  readonly notes: string[] = [];
  readonly #format: Format | null;
  readonly #wanted: readonly string[];
  /** Names of temporary files in messages. */
  readonly #shown = new Map<string, string>();
  #scratch: Scratch | null = null;

  constructor({ format = null, wanted = [] }: OpenOptions) {
    this.#format = format;
    this.#wanted = wanted;
  }

  /**
   * Writes a temporary file. @param shown its name in messages
   * @throws failed if there is no space
   */
  async spool(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, shown: string): Promise<string> {
    const scratch = await this.#scratchFolder();
    const path = await scratch.write(pieces, shown);
    this.#shown.set(path, shown);
    return path;
  }

  /** Forgets a temporary file, which no message will name. */
  forget(path: string): void {
    this.#shown.delete(path);
  }

  /**
   * @param isPipe whether the name carries no information
   * @throws failed if the file can't be read or is damaged
   */
  async settle(path: string, isPipe: boolean): Promise<Settled> {
    const shown = this.#shown.get(path) ?? path;
    // The IDX reader looks for the labels next to the file.
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

  /** Removes all layers of compression, except gzip if the reader supports it. */
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

  /**
   * The same error with the source's name instead of temporary files' names, and with a hint if a decision
   * may have caused it.
   */
  retell(error: unknown): unknown {
    if (!(error instanceof LockstepError)) return error;
    const tell = (text: string) =>
      [...this.#shown].reduce((told, [path, shown]) => told.replaceAll(path, shown), text);
    const { code, cause } = error;
    const { message, hint = '' } = error.text;
    const hints = [tell(hint), ...(code === 'usage' ? this.notes : [])].filter(Boolean).join(' ');
    return new LockstepError(code, tell(message), { ...(hints !== '' && { hint: hints }), cause });
  }

  dispose(): void {
    this.#scratch?.dispose();
  }
}

/** Format of a file whose name doesn't tell it. */
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

/**
 * The first bytes of the content, looking inside gzip; none if that is damaged, which the reader reports
 * later.
 */
async function beginningOf(path: string): Promise<Uint8Array> {
  const bytes = await readBeginning(path, BEGINNING);
  return packingOf(bytes) === 'gzip' ? gunzipBeginning(bytes, BEGINNING) : bytes;
}

/** Whether a gzipped file is read in place: DuckDB decides by the name, the IDX reader by the first bytes. */
async function isReadPacked(path: string, format: Format | null): Promise<boolean> {
  if (format === null && formatOfMark(await beginningOf(path)) === 'idx') return true;
  if (!path.endsWith('.gz') || (format !== 'csv' && format !== 'tsv' && format !== 'json')) return false;
  const inside = await beginningOf(path);
  return packingOf(inside) === null && isRead(encodingOf(inside, path), format);
}

/** Whether DuckDB reads text of that encoding. It mistakes a byte-order mark in JSON for a value. */
function isRead(encoding: ReturnType<typeof encodingOf>, format: 'csv' | 'tsv' | 'json'): boolean {
  return encoding === 'utf-8' || (encoding === 'utf-8 with a mark' && format !== 'json');
}

async function isNpz(path: string, format: Format | null): Promise<boolean> {
  if (format !== null) return format === 'npz';
  const { holdsArrays } = await import('../arrays/read.js');
  return holdsArrays(path);
}

/** @throws failed if the JSON contains columns, which is pandas' default */
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
