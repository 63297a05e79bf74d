/**
 * Reads the folder of a run in any state: a run that is still in progress or was interrupted has no summary
 * yet, and its metrics.jsonl may end with an incomplete line.
 */

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describeCause, usageError } from '../errors.js';
import { option } from '../option-names.js';
import { isPlain, type Plain, RUN_FILES } from './run-files.js';

/** Contents of a run's folder as plain data. */
export interface RunFiles {
  path: string;
  config: Plain;
  /** Records of metrics.jsonl in order. */
  metrics: Plain[];
  /** Numbers, from 1, of lines that are not records, because the process was killed while writing them. */
  unreadable: number[];
  /** summary.json; null if the run is not finished. */
  summary: Plain | null;
  /** pictures.json; null if there is none. */
  pictures: Plain | null;
}

/** @throws usage if the folder contains no run, or one of its files is not JSON */
export async function readRunFiles(path: string): Promise<RunFiles> {
  const files = await findRunFiles(path);
  if (files !== null) return files;
  const is = await stat(path).catch(() => null);
  const got = !is ? 'nothing there' : is.isDirectory() ? `a folder without ${RUN_FILES.config}` : 'a file';
  throw usageError(
    `${path}: expected the folder of a run, got ${got}.`,
    is?.isDirectory()
      ? 'If it is a run that was stopped before it began to train, repeat the command that began it.'
      : `Give what lockstep train ${option('out')} was given.`,
  );
}

/** null if the folder contains no run, or none yet. @throws usage if one of its files is not JSON */
export async function findRunFiles(path: string): Promise<RunFiles | null> {
  const [config, metrics, summary, pictures] = await Promise.all([
    readIfThere(join(path, RUN_FILES.config)),
    readIfThere(join(path, RUN_FILES.metrics)),
    readIfThere(join(path, RUN_FILES.summary)),
    readIfThere(join(path, RUN_FILES.pictures)),
  ]);
  if (config === null) return null;
  return {
    path,
    config: parseObject(config, join(path, RUN_FILES.config)),
    ...parseLines(metrics ?? ''),
    summary: summary === null ? null : parseObject(summary, join(path, RUN_FILES.summary)),
    pictures: pictures === null ? null : parseObject(pictures, join(path, RUN_FILES.pictures)),
  };
}

/** JSON object in a file; null if the file doesn't exist. @throws usage if it contains anything else */
export async function readObject(path: string): Promise<Plain | null> {
  const text = await readIfThere(path);
  return text === null ? null : parseObject(text, path);
}

/** Parses one record per line. Text after the last line break is still being written and is ignored. */
export function parseLines(text: string): { metrics: Plain[]; unreadable: number[] } {
  const metrics: Plain[] = [];
  const unreadable: number[] = [];
  for (const [i, line] of text.split('\n').slice(0, -1).entries()) {
    try {
      metrics.push(parseObject(line, `line ${i + 1}`));
    } catch {
      unreadable.push(i + 1);
    }
  }
  return { metrics, unreadable };
}

function parseObject(text: string, place: string): Plain {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw usageError(`${place}: expected a JSON object, got ${describeCause(cause)}.`);
  }
  if (isPlain(value)) return value;
  throw usageError(`${place}: expected a JSON object, got ${text.trim().slice(0, 40) || 'nothing'}.`);
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw usageError(`${path}: expected a file that can be read, got ${describeCause(cause)}.`);
  }
}
