/** What drawing needs is loaded by the commands that draw, and by no other; what training does, by none before it. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COMMAND_NAMES } from '../../src/config/options.js';

/** Statements that name a file or a package; `export function` does not. */
const IMPORTED = /^(?:import|export)\s+(?:[\w$*{}\s,]+\sfrom\s+)?['"]([^'"]+)['"]/gm;

/** Everything that a built file imports as it is loaded, itself or through others; packages by their names. */
function loadedBy(file: URL, found = new Set<string>()): Set<string> {
  if (found.has(file.href)) return found;
  found.add(file.href);
  for (const [, name] of readFileSync(file, 'utf8').matchAll(IMPORTED)) {
    if (name!.startsWith('.')) loadedBy(new URL(name!, file), found);
    else found.add(name!);
  }
  return found;
}

it.each(COMMAND_NAMES)('lockstep %s loads the plotting library where it draws', command => {
  const loaded = loadedBy(new URL(`../../src/commands/${command}.js`, import.meta.url));
  expect(loaded.size).toBeGreaterThan(10);
  expect(loaded.has('@observablehq/plot')).toBe(['report', 'scale', 'tune'].includes(command));
});

it('the command line itself loads neither that nor a pool', () => {
  const loaded = loadedBy(new URL('../../src/main.js', import.meta.url));
  expect(loaded.has('yargs')).toBe(true);
  expect(loaded.has('@observablehq/plot')).toBe(false);
  expect(loaded.has('piscina')).toBe(false);
});
