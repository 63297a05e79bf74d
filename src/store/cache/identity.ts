/**
 * What the rows of a cache depend on: the files they come from, the options they were read with, and the build that encoded
 * them. Its hash is part of the file's name, so a cache of other rows is never taken for these. Files are identified by path,
 * size and times, not by their bytes: reading them all would take as long as many encodings.
 */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { LoadOptions } from '../../data/load-options.js';
import { filesOf } from '../../data/source-files.js';
import { isStdin } from '../../data/spool/stdin.js';
import { usageError } from '../../errors.js';
import { option } from '../../option-names.js';
import { packageVersion } from '../../version.js';
import { RULES } from '../rules.js';

/** Ends the names of caches. */
export const CACHE_SUFFIX = '.rows';

/** Path, bytes, and nanoseconds of the last change of content and of anything; content can't change without the last. */
type Stamp = readonly [path: string, bytes: number, changed: string, touched: string];

/** Plain data. */
export interface Identity {
  /** DATA as an absolute path, or `synthetic:…`. */
  source: string;
  /** The files of DATA and of the validation rows. */
  files: readonly Stamp[];
  /** Seed by which the training rows are shuffled; null: they are in the order of the file. */
  storedBy: number | null;
  options: LoadOptions;
  version: string;
  rules: number;
}

/** @throws usage if rows come from a stream, which can't be compared with a later one */
export async function identify(
  source: string,
  options: LoadOptions,
  storedBy: number | null,
): Promise<Identity> {
  const { validation } = options;
  const held = typeof validation === 'string' ? resolve(validation) : validation;
  const files: Stamp[] = [];
  for (const name of typeof validation === 'string' ? [source, validation] : [source]) {
    if (isStdin(name)) throw unrepeatable(name);
    for (const path of await filesOf(name)) {
      // A cache in the folder of DATA is no data.
      if (isCacheName(path)) continue;
      // A name in a folder may be a link to nothing.
      const found = await stat(path, { bigint: true }).catch(() => null);
      if (found === null || found.isDirectory()) continue;
      if (!found.isFile()) throw unrepeatable(name);
      files.push([resolve(path), Number(found.size), String(found.mtimeNs), String(found.ctimeNs)]);
    }
  }
  return {
    source: source.startsWith('synthetic:') ? source : resolve(source),
    ...{
      files,
      storedBy,
      options: { ...options, validation: held },
      version: packageVersion(),
      rules: RULES,
    },
  };
}

/** 16 hexadecimal digits. */
export function keyOf(identity: Identity): string {
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 16);
}

/** FOLDER/houses.csv.0123456789abcdef.rows */
export function cachePath(folder: string, identity: Identity): string {
  const name = basename(identity.source).replace(/[^\w.-]+/g, '_');
  return join(folder, `${name}.${keyOf(identity)}${CACHE_SUFFIX}`);
}

/** Whether a path ends like those of caches: NAME.KEY.rows */
export function isCacheName(path: string): boolean {
  return /[^/\\]\.[0-9a-f]{16}\.rows$/.test(path);
}

/** Whether this build would read the same rows from the files as they are now. */
export async function isCurrent(identity: Identity): Promise<boolean> {
  const { source, options, storedBy } = identity;
  const now = await identify(source, options, storedBy).catch(() => null);
  return now !== null && keyOf(now) === keyOf(identity);
}

function unrepeatable(name: string) {
  return usageError(
    `${option('cache')} needs data in files, got ${name}, which can be read only once.`,
    'Write it to a file first.',
  );
}
