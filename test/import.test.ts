/** Importing the library does nothing: no listener, no timer, no thread, no file. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { makeFolder } from './cli/lockstep.js';

it('leaves no listener, timer or file', () => {
  const folder = makeFolder();
  const library = new URL('../src/index.js', import.meta.url).href;
  const script = `
    const look = () => JSON.stringify([
      process.eventNames().map(name => [String(name), process.listenerCount(name)]),
      process.getActiveResourcesInfo().filter(name => /Time|Immediate|Worker|MessagePort/.test(name)),
      process.execArgv,
    ]);
    const before = look();
    const { train } = await import(${JSON.stringify(library)});
    console.log(JSON.stringify({ isThere: typeof train, before, after: look(), gc: typeof gc }));
  `;
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: folder,
    encoding: 'utf8',
  });
  const { isThere, before, after, gc } = JSON.parse(printed);
  expect({ isThere, gc }).toEqual({ isThere: 'function', gc: 'undefined' });
  expect(after).toBe(before);
  expect(readdirSync(folder)).toEqual([]);
});
