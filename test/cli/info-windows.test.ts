/** info of rows that a training reads in windows. */
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { measureDisk } from '../../src/commands/run/disk-rate.js';
import { makeFolder, runInside } from './lockstep.js';

const folder = makeFolder();

it('says how many windows there are, if rows take more than one', async () => {
  const { stdout } = await runInside(['info', 'synthetic:20000000x40x3']);
  expect(stdout).toMatch(/^windows +13 of 242\.2 MiB: with --cache, two of them have to fit into memory$/m);
  const { stdout: json } = await runInside(['info', 'synthetic:20000000x40x3', '--json']);
  expect(JSON.parse(json).reading).toMatchObject({ windows: 13, epochSeconds: null });
  const { stdout: small } = await runInside(['info', 'synthetic:1000x40x3']);
  expect(small).not.toContain('windows');
});

it('describes rows of more than the 4 GiB that fit into memory', async () => {
  const { stdout, code } = await runInside(['info', 'synthetic:40000000x40x3']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^memory +6\.\d GiB\nwindows +25 of /m);
});

it('measures a disk by a file of 16 MiB or more, if the system can read past its cache', () => {
  const path = join(folder, 'large');
  writeFileSync(path, 'x');
  truncateSync(path, 2 ** 25);
  const rate = measureDisk(path);
  expect(rate === null || rate > 2 ** 20).toBe(true);
  truncateSync(path, 2 ** 20);
  expect(measureDisk(path)).toBeNull();
  expect(measureDisk(join(folder, 'absent'))).toBeNull();
});
