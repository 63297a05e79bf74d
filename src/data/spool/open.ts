/**
 * Entry point for data: resolves DATA from the command line to files that can be read in place. Anything else
 * (a pipe, compressed data, UTF-16, arrays) is converted to temporary files, which are removed when the work
 * is done.
 */
import { failure } from '../../errors.js';
import { type Entry, listFolder, lookAt, missing } from '../files.js';
import { isImages } from '../images/pair.js';
import type { Dialect, DialectOptions } from '../table/dialect.js';
import { listFiles } from '../table/duckdb.js';
import type { TableFormat } from '../table/format.js';
import type { MemoryTable } from '../table/memory.js';
import { listTables } from './folder.js';
import { type Format, formatOfName } from './format.js';
import { type OpenOptions, type Settled, Settler } from './settle.js';
import { isPipe, readPipe, shownName } from './stdin.js';
import { cutText, lookAtText, Pieces } from './text-parts.js';

/** What DATA refers to. */
export interface Opened {
  kind: 'synthetic' | 'image-folder' | 'image-file' | 'table';
  /** Name in messages. */
  source: string;
  /** For a table, its files in row order; for images, the file or the folder. */
  paths: string[];
  /** Format of a table's files. */
  format: TableFormat | null;
  /**
   * Original format of the files before conversion to Parquet: NPY, Arrow, …; null if they were not
   * converted.
   */
  arrays: string | null;
  /** The table, if it is in a program's memory; there are no files then. */
  memory?: MemoryTable;
  /** Decisions made about the data, one sentence each. */
  notes: string[];
  /** Writes a temporary file that is removed with the source; `shown` is its name in messages. */
  rewrite: (pieces: AsyncIterable<Uint8Array>, shown: string) => Promise<string>;
  /** If it is a part of a text that is read from a pipe. */
  part?: PartOfText;
}

/** What is known of a text before one of its parts is read. */
interface PartOfText {
  /** null for JSON. */
  dialect: Dialect | null;
  /** Lines of the text before the part, besides those of its header. */
  lines: number;
}

/**
 * Opens a source, calls `work`, and removes temporary files afterwards. Messages name the source, not the
 * temporary files.
 * @throws failed if there is nothing to read
 */
export async function withSource<T>(
  source: string,
  options: OpenOptions,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const settler = new Settler(options);
  let areRowsRead = true;
  try {
    const opened = await openSource(source, options.format ?? null, settler);
    const outcome = await work(opened);
    // The rows of images are read from the file on request, so it stays until the process ends.
    areRowsRead = opened.kind !== 'image-file';
    return outcome;
  } catch (error) {
    throw settler.retell(error);
  } finally {
    if (areRowsRead) settler.dispose();
  }
}

/**
 * The same for work that takes the source part by part: a text from a pipe while it arrives; anything else is one part.
 * @throws failed if there is nothing to read
 */
export async function withParts<T>(
  source: string,
  options: OpenOptions & { layout: DialectOptions },
  work: (parts: AsyncIterable<Opened>) => Promise<T>,
): Promise<T> {
  const settler = new Settler(options);
  try {
    return await work(openParts(source, options, settler));
  } catch (error) {
    throw settler.retell(error);
  } finally {
    settler.dispose();
  }
}

async function* openParts(
  source: string,
  { format = null, layout }: OpenOptions & { layout: DialectOptions },
  settler: Settler,
): AsyncGenerator<Opened> {
  if (!(await isPipe(source))) {
    yield await openSource(source, format, settler);
    return;
  }
  const shown = shownName(source);
  const spool = (pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) => settler.spool(pieces, shown);
  const pieces = new Pieces(readPipe(source));
  const text = await lookAtText(pieces, format, layout, { shown, spool });
  if (text === null) {
    yield await openFiles(source, [await spool(pieces)], true, settler);
    return;
  }
  const { dialect } = text;
  const opened = { ...openedBy(settler, source), kind: 'table', format: text.format } as const;
  for await (const { path, lines } of cutText(pieces, text, spool)) {
    if (lines === 0) await settler.settle(path, true);
    yield { ...opened, paths: [path], part: { dialect, lines } };
    settler.forget(path);
  }
}

async function openSource(source: string, format: Format | null, settler: Settler): Promise<Opened> {
  const opened = openedBy(settler, source);
  if (source.startsWith('synthetic:')) return { ...opened, kind: 'synthetic', paths: [] };
  const isStream = await isPipe(source);
  const entry = isStream ? 'file' : await lookAt(source);
  if (entry === 'folder' && (await isOfImages(source, format))) {
    return { ...opened, kind: 'image-folder', paths: [source] };
  }
  const files = isStream
    ? [await settler.spool(readPipe(source), opened.source)]
    : await findFiles(source, entry, format);
  return openFiles(source, files, isStream, settler);
}

function openedBy(settler: Settler, source: string) {
  const rewrite: Opened['rewrite'] = (pieces, shown) => settler.spool(pieces, shown);
  return { source: shownName(source), format: null, arrays: null, notes: settler.notes, rewrite };
}

async function openFiles(
  source: string,
  files: readonly string[],
  isStream: boolean,
  settler: Settler,
): Promise<Opened> {
  const opened = openedBy(settler, source);
  const settled: Settled[] = [];
  for (const path of files) settled.push(await settler.settle(path, isStream));
  const kind = settled[0]!.format;
  if (kind === 'idx') return { ...opened, kind: 'image-file', paths: settled[0]!.paths };
  refuseSeveral(source, files, settled);
  return {
    ...opened,
    kind: 'table',
    paths: settled.flatMap(one => one.paths),
    format: kind,
    arrays: settled[0]!.arrays,
  };
}

async function isOfImages(folder: string, format: Format | null): Promise<boolean> {
  return format === null ? (await listFolder(folder)).some(isImages) : format === 'idx';
}

/** The files of a folder or matching a pattern, sorted by name. */
async function findFiles(source: string, entry: Entry, format: Format | null): Promise<string[]> {
  if (entry === 'file') return [source];
  if (entry === 'folder') return listTables(source, format);
  const paths = await listFiles(source);
  const [first] = paths;
  if (first === undefined) throw missing(source);
  const other = paths.find(path => formatOfName(path) === null || formatOfName(path) !== formatOfName(first));
  if (format !== null || other === undefined) return paths;
  throw failure(
    `${source}: the pattern also finds ${other}, and all files need one format.`,
    "End the pattern with the format, such as 'folder/*.csv'.",
  );
}

/** Refuses files of different formats in one table, whatever their names say. */
function refuseSeveral(source: string, files: readonly string[], settled: readonly Settled[]): void {
  const other = settled.findIndex(one => one.format !== settled[0]!.format);
  if (other < 0) return;
  throw failure(
    `${source} holds files of several formats: ${files[0]} is ${settled[0]!.format}, ${files[other]} is ${settled[other]!.format}.`,
    'Name those of one format.',
  );
}
