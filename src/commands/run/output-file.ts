/**
 * The file of --out: what may be replaced by it. A file that is there is kept unless --force is given, except for an
 * empty one and a page that lockstep made; files that are read, and those of a run, are kept in any case.
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
  /** As the user named it. */
  out: string;
  force: boolean;
  /** Whether a page that lockstep made may be replaced in any case. */
  replacesPages?: true;
  /** Paths that are read, under the names that messages have for them. */
  inputs: readonly { name: string; paths: readonly string[] }[];
}

/**
 * Where to write: the path itself, or what it is a link to.
 * @throws usage if something is there that may not be replaced
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
      throw usageError(
        `--out ${out}: this is ${name}${also}, which is never replaced.`,
        'Give another --out.',
      );
    }
  }
  const place = await realpath(out);
  if (await isOfRun(place)) {
    throw usageError(
      `--out ${out}: this file belongs to a run and is never replaced.`,
      'Give another --out.',
    );
  }
  // In an empty file nothing is lost: it may be what mktemp made.
  if (force || there.size === 0 || (replacesPages && isPage(await beginningOf(place)))) return place;
  throw usageError(
    `--out ${out}: a file of ${formatCount(there.size)} bytes is there already.`,
    'Add --force to replace it, or give another --out.',
  );
}

async function statOf(path: string): Promise<Stats | null> {
  // Whoever writes there says what else is wrong.
  return stat(path).catch(() => null);
}

/** Whether both are one file, however it is named: by a symbolic or a hard link too. */
function isSame(a: Stats, b: Stats | null): boolean {
  return b !== null && a.dev === b.dev && a.ino === b.ino;
}

/** What a folder holds in which files of these names are not anybody's own. */
const NAMES = new Set<string>([
  ...Object.values(RUN_FILES),
  ...[STUDY_FILES, TUNE_FILES].flatMap(({ journal, table }) => [journal, table]),
  ...[STUDY_FILES.study, TUNE_FILES.tuning],
]);
const MARKS: readonly string[] = [RUN_FILES.config, RUN_FILES.model, STUDY_FILES.journal, TUNE_FILES.journal];

/** Whether it is a file that train, tune or scale keeps in the folder where it lies. */
async function isOfRun(path: string): Promise<boolean> {
  const folder = dirname(path);
  const name = basename(path);
  if (basename(folder) === RUN_FILES.checkpoints && isCheckpointName(name)) return true;
  if (!NAMES.has(name)) return false;
  // Many a folder has a config.json that is no run's.
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
