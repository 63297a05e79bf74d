/** Copies of the build, as it is or with a planted fault. */
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface Fault {
  /** In dist. */
  file: string;
  /** What is replaced, once or everywhere. */
  place: RegExp;
  text: string;
}

/** Copies the build to a folder, without the packages that it needs. Returns the path of its command line. */
export function copyBuild(folder: string): string {
  for (const part of ['dist/src', 'dist/workers', 'package.json']) {
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  }
  return join(folder, 'dist/src/cli.js');
}

/** Copies the build to a folder, with a fault, in its threads too. Returns the path of its command line. */
export function plant(folder: string, { file, place, text }: Fault): string {
  const cli = copyBuild(folder);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const path = join(folder, 'dist', file);
  const before = readFileSync(path, 'utf8');
  expect(before).toMatch(place);
  writeFileSync(path, before.replace(place, text));
  const bundle = join(ROOT, 'dist/scripts/tools/bundle-threads.js');
  execFileSync(process.execPath, [bundle, join(folder, 'dist')]);
  return cli;
}
