/**
 * Commands that draw load the plotting library, and no others do; no command loads the training code before
 * it needs it.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COMMAND_NAMES } from '../../src/config/options.js';

/** Import statements and re-exports; `export function` does not match. */
const IMPORTED = /^(?:import|export)\s+(?:[\w$*{}\s,]+\sfrom\s+)?['"]([^'"]+)['"]/gm;

/**
 * Everything that a built file imports when it is loaded, directly or through other files; packages by name.
 */
function loadedBy(file: URL, found = new Set<string>()): Set<string> {
  if (found.has(file.href)) return found;
  found.add(file.href);
  for (const [, name] of readFileSync(file, 'utf8').matchAll(IMPORTED)) {
    if (name!.startsWith('.')) loadedBy(new URL(name!, file), found);
    else found.add(name!);
  }
  return found;
}

it.each(COMMAND_NAMES)('loads the plotting library for lockstep %s only if it draws', command => {
  const loaded = loadedBy(new URL(`../../src/commands/${command}.js`, import.meta.url));
  expect(loaded.size).toBeGreaterThan(10);
  expect(loaded.has('@observablehq/plot')).toBe(['report', 'scale', 'tune', 'watch'].includes(command));
});

it('loads neither the plotting library nor a thread pool at startup', () => {
  const loaded = loadedBy(new URL('../../src/main.js', import.meta.url));
  expect(loaded.has('yargs')).toBe(true);
  expect(loaded.has('@observablehq/plot')).toBe(false);
  expect(loaded.has('piscina')).toBe(false);
});
