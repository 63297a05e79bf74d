/**
 * Files whole or not at all. Failures are made by files in the place of folders and the reverse, which stop
 * even the superuser.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeAtomically } from '../../src/store/atomic.js';
import { makeFolder } from './folder.js';

const folder = makeFolder();

/** An empty folder for one test. */
function emptyFolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

describe('writeAtomically', () => {
  it('writes the parts one after the other, and nothing else', async () => {
    const place = emptyFolder('parts');
    await writeAtomically(join(place, 'a'), [
      'ŷ ',
      new Uint8Array([0x6f, 0x6b]),
      '',
      new Uint8Array(0),
      '\n',
    ]);
    expect(readFileSync(join(place, 'a'), 'utf8')).toBe('ŷ ok\n');
    expect(readdirSync(place)).toEqual(['a']);
  });

  it('replaces what is there', async () => {
    const path = join(emptyFolder('replace'), 'a');
    writeFileSync(path, 'something old and long');
    await writeAtomically(path, ['new']);
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  it('leaves the old file, and nothing else, where the writing fails halfway', async () => {
    const place = emptyFolder('halfway');
    const path = join(place, 'a');
    writeFileSync(path, 'old');
    function* parts() {
      yield 'half of the new file';
      throw new Error('no more');
    }
    await expect(writeAtomically(path, parts())).rejects.toThrow(
      'a: expected a file that can be written, got no more.',
    );
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(place)).toEqual(['a']);
  });

  it('leaves nothing where the target is a folder', async () => {
    const place = emptyFolder('folder');
    mkdirSync(join(place, 'a'));
    await expect(writeAtomically(join(place, 'a'), ['x'])).rejects.toMatchObject({ code: 'failed' });
    expect(readdirSync(place)).toEqual(['a']);
    expect(readdirSync(join(place, 'a'))).toEqual([]);
  });

  it.each([
    ['its folder does not exist', 'nowhere', /got ENOENT: no such file or directory\.$/],
    ['its folder is a file', 'file', /got ENOTDIR: not a directory\.$/],
  ])('says so where %s', async (_, name, message) => {
    const place = emptyFolder(`parent-${name}`);
    if (name === 'file') writeFileSync(join(place, name), 'kept');
    await expect(writeAtomically(join(place, name, 'a'), ['x'])).rejects.toThrow(message);
    expect(readdirSync(place)).toEqual(name === 'file' ? ['file'] : []);
  });
});
