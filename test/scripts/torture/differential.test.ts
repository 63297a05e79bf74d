/** A small version of scripts/torture/differential.ts: a few configurations, and a planted fault that is found and shrunk. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { PLANTED, searchPlanted } from '../../../scripts/torture/differential/planted.js';

const SCRIPT = fileURLToPath(new URL('../../../scripts/torture/differential.js', import.meta.url));

it('random trainings have the same bits in any way', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, '--count', '3'], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^3 configurations/);
  expect(status).toBe(0);
});

it('finds that the order of sums depends on the number of workers, and prints lines that show it', () => {
  const { status, stderr } = searchPlanted(PLANTED[0]!, '--seed 1 --from 5 --count 40 --shrink 0'.split(' '));
  expect(stderr).toMatch(/differs \(/);
  expect(stderr.match(/^.*node .*cli\.js train .*$/gm)?.length).toBeGreaterThan(1);
  expect(status).toBe(1);
});
