/**
 * The file of --config: YAML, or JSON, which YAML includes. Gives names and values, unchecked. A run's own
 * config.json will do too: there the options stand under `options`.
 */
import { readFile } from 'node:fs/promises';
import { failure, usageError } from '../errors.js';

const HINT = 'Give lines like `batch-size: 1024`, with the names of the options.';

/** @throws failed where the file can't be read; usage where it isn't YAML, or no list of names and values */
export async function readConfigFile(path: string): Promise<Record<string, unknown>> {
  const content = await parse(await load(path), path);
  if (content === null) return {};
  if (!isMapping(content)) {
    throw usageError(`${path}: expected names and values, got ${describeContent(content)}.`, HINT);
  }
  return isMapping(content.options) ? content.options : content;
}

async function load(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw failure(
      `--config ${path}: expected a YAML or JSON file, got ${code}.`,
      'See that the file is there and may be read.',
      cause,
    );
  }
}

async function parse(content: string, path: string): Promise<unknown> {
  // Loaded here, as most runs have no such file.
  const yaml = await import('yaml');
  try {
    return yaml.parse(content, { logLevel: 'error', maxAliasCount: 0 });
  } catch (cause) {
    const [reason] = (cause as Error).message.split(/:?\n/);
    throw usageError(`${path}: expected YAML or JSON, got an error: ${reason}.`, HINT);
  }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describeContent(content: unknown): string {
  return Array.isArray(content) ? 'a list' : `a ${typeof content}`;
}
