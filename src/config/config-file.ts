/**
 * Reads the file of --config, YAML or JSON, which is a subset of YAML. Returns names and values, unchecked. A run's own
 * config.json works too: its options are under `options`.
 */
import { createReadStream } from 'node:fs';
import { dirname } from 'node:path';
import type { CST } from 'yaml';
import { failure, usageError } from '../errors.js';

const HINT = 'Give lines like `batch-size: 1024`, with the names of the options.';

/**
 * A config file is a few lines long. The parser's time grows with the square of the size (64 KiB of keys take a second), and
 * some thousand levels exhaust its stack, upon which V8 may end the process.
 */
const MOST_BYTES = 64 * 1024;
const MOST_LEVELS = 50;

/** The content of a config file. */
export interface ConfigFile {
  /** Names and values. */
  options: Record<string, unknown>;
  /** For a run's own config.json: its DATA, the folder that file names are relative to, and where that folder was. */
  recorded: { data: string; run: string; begun: string } | null;
}

/**
 * @param option the option that named the file, for messages
 * @throws failed if the file cannot be read; usage if it is not YAML, or does not hold names and values
 */
export async function readConfigFile(path: string, option = '--config'): Promise<ConfigFile> {
  const content = await parse(await load(path, option), path);
  if (content === null) return { options: {}, recorded: null };
  if (!isMapping(content)) {
    throw usageError(`${path}: expected names and values, got ${describeContent(content)}.`, HINT);
  }
  const { options, data, begun } = content;
  if (!isMapping(options)) return { options: content, recorded: null };
  const isRun = typeof data === 'string' && typeof begun === 'string';
  return { options, recorded: isRun ? { data, run: dirname(path), begun } : null };
}

async function load(path: string, option: string): Promise<string> {
  let content: Buffer;
  try {
    content = Buffer.concat(await createReadStream(path, { end: MOST_BYTES }).toArray());
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw failure(
      `${option} ${path}: expected a YAML or JSON file, got ${code}.`,
      'Check that the file exists and can be read.',
      cause,
    );
  }
  if (content.length <= MOST_BYTES) return content.toString('utf8');
  throw usageError(`${path}: expected at most ${MOST_BYTES / 1024} KiB of options, got more.`, HINT);
}

async function parse(content: string, path: string): Promise<unknown> {
  // Loaded only here: most runs have no config file.
  const yaml = await import('yaml');
  if (isDeep([...new yaml.Parser().parse(content)])) {
    throw usageError(
      `${path}: expected at most ${MOST_LEVELS} levels of lists and mappings, got more.`,
      HINT,
    );
  }
  try {
    return yaml.parse(content, { logLevel: 'error', maxAliasCount: 0 });
  } catch (cause) {
    const [reason] = (cause as Error).message.split(/:?\n/);
    throw usageError(`${path}: expected YAML or JSON, got an error: ${reason}.`, HINT);
  }
}

/** Whether tokens are nested too deeply. Walks them level by level, without recursion. */
function isDeep(tokens: readonly CST.Token[]): boolean {
  let level: readonly CST.Token[] = tokens;
  for (let depth = 0; depth <= MOST_LEVELS; depth++) {
    if (level.length === 0) return false;
    level = level.flatMap(token => {
      const items = 'items' in token ? token.items.flatMap(({ key, value }) => [key, value]) : [];
      const document = 'value' in token ? [token.value] : [];
      return [...items, ...document].filter(inner => typeof inner === 'object' && inner !== null);
    });
  }
  return true;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function describeContent(content: unknown): string {
  if (Array.isArray(content)) return 'a list';
  return typeof content === 'object' ? 'an object of another kind' : `a ${typeof content}`;
}
