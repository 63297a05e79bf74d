/**
 * Atomic file replacement. Failures are provoked with files in place of folders and vice versa, which stop
 * even the superuser.
 */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linkAtomically, removeTemporaries, writeAtomically } from '../../src/store/atomic.js';
import { makeFolder } from './folder.js';

const folder = makeFolder();

/** An empty folder for one test. */
function emptyFolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

describe('writeAtomically', () => {
  it('writes the parts in order, and nothing else', async () => {
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

  it('replaces an existing file', async () => {
    const path = join(emptyFolder('replace'), 'a');
    writeFileSync(path, 'something old and long');
    await writeAtomically(path, ['new']);
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  it('leaves only the old file if writing fails halfway', async () => {
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

  it('leaves nothing behind if the target is a folder', async () => {
    const place = emptyFolder('folder');
    mkdirSync(join(place, 'a'));
    await expect(writeAtomically(join(place, 'a'), ['x'])).rejects.toMatchObject({ code: 'failed' });
    expect(readdirSync(place)).toEqual(['a']);
    expect(readdirSync(join(place, 'a'))).toEqual([]);
  });

  it.each([
    ['its folder does not exist', 'nowhere', /got ENOENT: no such file or directory\.$/],
    ['its folder is a file', 'file', /got ENOTDIR: not a directory\.$/],
  ])('reports that %s', async (_, name, message) => {
    const place = emptyFolder(`parent-${name}`);
    if (name === 'file') writeFileSync(join(place, name), 'kept');
    await expect(writeAtomically(join(place, name, 'a'), ['x'])).rejects.toThrow(message);
    expect(readdirSync(place)).toEqual(name === 'file' ? ['file'] : []);
  });
});

describe('linkAtomically', () => {
  it('gives a file a second name that outlives the first', async () => {
    const place = emptyFolder('link');
    const [first, second] = [join(place, 'first'), join(place, 'second')];
    writeFileSync(first, 'new');
    writeFileSync(second, 'old');
    await linkAtomically(first, second);
    rmSync(first);
    expect(readFileSync(second, 'utf8')).toBe('new');
    expect(readdirSync(place)).toEqual(['second']);
  });

  it('leaves the existing file if there is nothing to link to', async () => {
    const place = emptyFolder('link-nothing');
    writeFileSync(join(place, 'second'), 'old');
    await expect(linkAtomically(join(place, 'first'), join(place, 'second'))).rejects.toThrow(/got ENOENT/);
    expect(readFileSync(join(place, 'second'), 'utf8')).toBe('old');
    expect(readdirSync(place)).toEqual(['second']);
  });
});

describe('a temporary file', () => {
  it('is removed after a killed process, but files with similar names are not', async () => {
    const place = emptyFolder('killed');
    const others = ['a.tmp', '.a.tmp', '.a.1234.tmp', 'model.safetensors'];
    for (const name of [...others, `.model.safetensors.${randomUUID()}.tmp`])
      writeFileSync(join(place, name), '');
    await removeTemporaries(place);
    expect(readdirSync(place).sort()).toEqual(others.sort());
    await removeTemporaries(join(place, 'nowhere'));
  });

  it('is removed by a process that exits while writing', () => {
    const place = emptyFolder('ends');
    const atomic = new URL('../../src/store/atomic.js', import.meta.url).href;
    const script = `
      import { readdirSync } from 'node:fs';
      const { writeAtomically } = await import(${JSON.stringify(atomic)});
      const endless = (function* () { for (;;) yield new Uint8Array(1 << 20); })();
      writeAtomically(process.argv[1] + '/a', endless).catch(() => {});
      const look = () => (readdirSync(process.argv[1]).length > 0 ? process.exit(7) : setImmediate(look));
      look();`;
    const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', script, place]);
    expect(status).toBe(7);
    expect(readdirSync(place)).toEqual([]);
  });
});
