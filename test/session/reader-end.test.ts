/** A process ends only once its readers have, even if one of them replies meanwhile. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const READER = new URL('../../src/session/block-reader.js', import.meta.url).href;
const WASM = new URL('../../src/kernels/wasm.js', import.meta.url).href;

it('waits for a reader that takes long to end after a reply', () => {
  const program = `
    import { openSync } from 'node:fs';
    import { BlockReader } from ${JSON.stringify(READER)};
    import { compileWasm } from ${JSON.stringify(WASM)};
    const memory = new WebAssembly.Memory({ initial: 2048, maximum: 2048, shared: true });
    const file = openSync(process.execPath, 'r');
    const reader = new BlockReader({ memory, build: compileWasm(), file, direct: null });
    const block = bytes => ({ offset: 0, bytes, address: 2 ** 20, sum: 0 });
    await reader.read([block(64)]);
    const replied = reader.read([block(64)]);
    // The thread replies in this time, and nobody takes the reply.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    // What it reads now can't be interrupted.
    void reader.read(Array.from({ length: 4 }, () => block(64 * 2 ** 20)));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    await reader.close();
    void replied;
    console.log('closed');
  `;
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-reader-'));
  try {
    const path = join(folder, 'program.mjs');
    writeFileSync(path, program);
    const { stdout, status } = spawnSync(process.execPath, [path], { encoding: 'utf8' });
    expect({ stdout, status }).toEqual({ stdout: 'closed\n', status: 0 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
