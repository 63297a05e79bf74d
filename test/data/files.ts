/**
 * Files for the tests of src/data in a temporary folder that is removed afterwards, and the command line's
 * default options.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll } from 'vitest';
import { writeFlags } from '../../src/config/flags.js';
import { loadData } from '../../src/data/load.js';
import { LOAD_DEFAULTS, type LoadOptions, type LoadWithOptions } from '../../src/data/load-options.js';
import type { LockstepError } from '../../src/errors.js';

/** A folder for one test file. */
export function makeFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'lockstep-data-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return new Folder(path);
}

export class Folder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Writes a file, gzipped if its name ends in .gz, and returns its path. */
  write(name: string, contents: string | Uint8Array): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, name.endsWith('.gz') ? gzipSync(contents) : contents);
    return path;
  }

  /** Writes lines of cells. */
  table(name: string, lines: readonly (readonly (string | number)[])[]): string {
    return this.write(name, lines.map(cells => `${cells.join(',')}\n`).join(''));
  }

  /** Writes a .gz file that is not gzip. */
  writePlain(name: string, contents: string | Uint8Array): string {
    const path = join(this.path, name);
    writeFileSync(path, contents);
    return path;
  }
}

/** An IDX file, by default of type 8 with bytes. */
export function idx(dimensions: number[], elements: Uint8Array | number[], type = 8): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * dimensions.length));
  header.setUint8(2, type);
  header.setUint8(3, dimensions.length);
  for (const [i, size] of dimensions.entries()) header.setUint32(4 + 4 * i, size);
  return new Uint8Array([...new Uint8Array(header.buffer), ...elements]);
}

export function loadOptions(options: Partial<LoadOptions> = {}): LoadOptions {
  return { ...LOAD_DEFAULTS, standardizeTargets: false, ...options };
}

export function loadWithOptions(options: Partial<LoadWithOptions> = {}): LoadWithOptions {
  return { header: true, query: null, dropIncomplete: false, requireTargets: true, ...options };
}

/** Loads training data. */
export async function loadTrain(source: string, options: Partial<LoadOptions> = {}) {
  return (await loadData(source, loadOptions(options), writeFlags)).train;
}

/** Rows of an array (rows, width) as plain lists. */
export function toRows(array: ArrayLike<number>, width: number): number[][] {
  return Array.from({ length: array.length / width }, (_, i) =>
    Array.from({ length: width }, (_, j) => array[i * width + j]!),
  );
}

/** Message, hint and code of a load that must fail, without the folder in front of names. */
export async function refusal(loading: Promise<unknown>, folder: Folder) {
  const error = await loading.then(
    () => {
      throw new Error('expected a refusal, got data');
    },
    (error: LockstepError) => error,
  );
  const strip = (text: string) => text.replaceAll(`${folder.path}/`, '').replaceAll(folder.path, '.');
  const { message, hint = '' } = error.writtenWith(writeFlags);
  return { code: error.code, message: strip(message), hint: strip(hint) };
}
