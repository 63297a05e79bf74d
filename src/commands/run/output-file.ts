/**
 * What the file of --out may replace. An existing file is replaced only with --force, unless it is empty or a page of
 * lockstep. Input files and files of a run are never replaced.
 */
import type { Stats } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { usageError } from '../../errors.js';
import { formatCount } from '../../report/format.js';
import { isPage } from '../../report/page.js';
import { isCheckpointName } from '../../store/checkpoint-folder.js';
import { RUN_FILES } from '../../store/run-files.js';
import { STUDY_FILES, TUNE_FILES } from './study-folder.js';

export interface Wanted {
  /** As it was typed. */
  out: string;
  force: boolean;
  /** Whether a page of lockstep may be replaced without --force. */
  replacesPages?: true;
  /** Input files, with their names for messages. */
  inputs: readonly { name: string; paths: readonly string[] }[];
}

/**
 * Where to write: the path itself, or the target of a symbolic link.
 * @throws usage if there is something that must not be replaced
 */
export async function placeOf({ out, force, replacesPages, inputs }: Wanted): Promise<string> {
  const there = await statOf(out);
  if (there === null) return out;
  if (!there.isFile()) {
    const kind = there.isDirectory() ? 'a folder' : 'a pipe or a device';
    throw usageError(`--out ${out}: expected the name of a file, got ${kind}.`, 'Give another --out.');
  }
  for (const { name, paths } of inputs) {
    for (const path of paths) {
      if (!isSame(there, await statOf(path))) continue;
      const also = path === out ? '' : ` (${path})`;
      throw usageError(`--out ${out} is ${name}${also}, which is never replaced.`, 'Give another --out.');
    }
  }
  const place = await realpath(out);
  if (await isOfRun(place)) {
    throw usageError(`--out ${out} belongs to a run and is never replaced.`, 'Give another --out.');
  }
  // An empty file may be from mktemp.
  if (force || there.size === 0 || (replacesPages && isPage(await beginningOf(place)))) return place;
  throw usageError(
    `--out ${out} exists already and has ${formatCount(there.size)} bytes.`,
    'Add --force to replace it, or give another --out.',
  );
}

async function statOf(path: string): Promise<Stats | null> {
  // Other errors are reported when the file is written.
  return stat(path).catch(() => null);
}

/** Whether both are the same file, through symbolic or hard links too. */
function isSame(a: Stats, b: Stats | null): boolean {
  return b !== null && a.dev === b.dev && a.ino === b.ino;
}

/** Names of files that lockstep writes, and of those that mark the folder as one of lockstep. */
const NAMES = new Set<string>([
  ...Object.values(RUN_FILES),
  ...[STUDY_FILES, TUNE_FILES].flatMap(({ journal, table }) => [journal, table]),
  ...[STUDY_FILES.study, TUNE_FILES.tuning],
]);
const MARKS: readonly string[] = [RUN_FILES.config, RUN_FILES.model, STUDY_FILES.journal, TUNE_FILES.journal];

/** Whether a file belongs to a folder of train, tune or scale. */
async function isOfRun(path: string): Promise<boolean> {
  const folder = dirname(path);
  const name = basename(path);
  if (basename(folder) === RUN_FILES.checkpoints && isCheckpointName(name)) return true;
  if (!NAMES.has(name)) return false;
  // Other programs write a config.json too.
  const marks = name === RUN_FILES.config ? MARKS.filter(mark => mark !== name) : MARKS;
  const found = await Promise.all(marks.map(mark => statOf(join(folder, mark))));
  return found.some(mark => mark !== null);
}

async function beginningOf(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(2048), 0, 2048, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
