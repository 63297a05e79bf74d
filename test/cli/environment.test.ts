import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { problemOfMoreThreads } from '../../src/limits.js';
import { CLI, makeFolder } from './lockstep.js';
import { copyBuild } from './plant.js';
import { writeKinds } from './tables.js';

const folder = makeFolder();
writeKinds(folder, 'kinds.csv', 60);

const PACKAGE = fileURLToPath(new URL('../../..', import.meta.url));
const isLinux = process.platform === 'linux';

/** Runs a line of bash in which `lockstep` is this build. */
function bash(script: string, { cli = CLI, env = {} }: { cli?: string; env?: NodeJS.ProcessEnv } = {}) {
  const lockstep = `lockstep() { ${JSON.stringify(process.execPath)} ${JSON.stringify(cli)} "$@"; }`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', `ulimit -c 0\n${lockstep}\n${script}`], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 60_000,
  });
  return { code: status, stdout, stderr };
}

/** An error in one line, with one more for what to do. */
const SHORT = /^error: [^\n]+\n(?:[^\n]+\n)?$/;

const TRAIN = 'train kinds.csv --target kind --epochs 2 --workers 1 --quiet --force';
const trained = bash(`lockstep ${TRAIN} --out run`);

it('has a run for the tests below', () => {
  expect(trained).toMatchObject({ code: 0, stderr: '' });
});

describe.runIf(isLinux)('in a current folder that has been removed', () => {
  const gone = 'mkdir gone && cd gone && rmdir ../gone';

  it.each(['--version', '--help', 'train --help'])('still answers %s', line => {
    const { code, stdout } = bash(`${gone} && lockstep ${line} 2>&1`);
    expect({ code, said: stdout }).toEqual({ code: 0, said: expect.stringMatching(/\d\.\d|lockstep/) });
  });

  it.each([`train ${folder}/kinds.csv`, 'verify', `report ${folder}/run`])('refuses %s', line => {
    const { code, stderr } = bash(`${gone} && exec 2> ${folder}/said; lockstep ${line}`);
    expect({ code, stderr: stderr || bash('cat said').stdout }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^error: the current folder [^\n]+\n[^\n]+\n$/),
    });
  });
});

describe.runIf(existsSync('/dev/full'))('on a full disk', () => {
  it.each([
    '--version',
    '--help',
    'info run',
    'info kinds.csv --target kind --json',
    'evaluate run kinds.csv',
    'predict run kinds.csv',
    'report run --out page.html --force',
    `${TRAIN} --out other`,
    'verify kinds.csv --target kind --steps 2 --worker-counts 1',
  ])('reports in one line that the output of %s is lost', line => {
    const { code, stderr } = bash(`lockstep ${line} > /dev/full`);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(SHORT) });
    expect(stderr).toContain('stdout');
    expect(stderr).toContain('ENOSPC');
  });

  it.each([`${TRAIN.replace('--quiet', '')} --out other`, 'info run'])('works without stderr: %s', line => {
    for (const closed of ['2> /dev/full', '2>&-']) {
      expect(bash(`lockstep ${line} ${closed}`)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(' '),
      });
    }
  });

  it('keeps the exit code of an error that it cannot print', () => {
    expect(bash('lockstep info nothing.csv 2> /dev/full').code).toBe(1);
    expect(bash('lockstep info kinds.csv --target kynd 2> /dev/full').code).toBe(2);
  });
});

it('ends although something in the process would go on for ever', () => {
  const forever = 'data:text/javascript,setInterval(()=>{},100)';
  expect(bash(`NODE_OPTIONS="--import ${forever}" lockstep info run`)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('network'),
  });
});

it.each(['predict run kinds.csv', 'info run', '--help'])(
  'ends quietly if nobody reads %s to its end',
  line => {
    const { stdout, stderr } = bash(`lockstep ${line} | true; echo "\${PIPESTATUS[0]}"`);
    expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' });
  },
);

it.each(['nowhere', 'kinds.csv', 'nowhere/deeper'])('names a TMPDIR that is not a folder: %s', name => {
  const { code, stderr } = bash('lockstep predict run kinds.csv', { env: { TMPDIR: join(folder, name) } });
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(SHORT) });
  expect(stderr).toContain(`${join(folder, name)}: a folder for temporary files cannot be made there`);
});

it.each([22, 26, 30, 40, 95])('names the limit of %i open files', limit => {
  const { code, stderr } = bash(`ulimit -n ${limit}; lockstep ${TRAIN} --out other`);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(SHORT) });
  expect(stderr).toContain('ulimit -n');
});

describe.runIf(isLinux)('with little address space', () => {
  it.each([12_000_000, 6_000_000])('trains with ulimit -v %i, to the same bits', limit => {
    const { code, stdout, stderr } = bash(`ulimit -v ${limit}; lockstep ${TRAIN} --out other`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const hash = (text: string) => /sha256 +(\w+)/.exec(text)?.[1];
    expect(hash(stdout)).toBe(hash(trained.stdout));
  });

  it('keeps its standard input and passes signals on', () => {
    const { code, stdout } = bash(
      `ulimit -v 12000000; ${process.execPath} ${CLI} train kinds.csv --target kind --workers 1 --epochs 1000000000 --quiet --force --out endless --config <(echo 'lr: 0.01') & until [ -s endless/metrics.jsonl ]; do sleep 0.1; done; kill -INT $!; wait $!`,
    );
    expect({ code, stdout }).toEqual({ code: 130, stdout: expect.stringContaining('stopped by a signal') });
  });

  it.each([2_000_000, 1_000_000])('tells what it needs with ulimit -v %i', limit => {
    const { code, stderr } = bash(`ulimit -v ${limit}; lockstep ${TRAIN} --out other`);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(SHORT) });
    expect(stderr).toMatch(/address space: lockstep needs .* the limit is .*ulimit -v/s);
  });

  it('tells what more workers need', () => {
    const { code, stderr } = bash(
      `ulimit -v 5000000; lockstep ${TRAIN.replace('--workers 1', '--workers 8')} --out other`,
    );
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('8 worker threads need about'),
    });
    expect(problemOfMoreThreads(1)).toBeNull();
  });
});

const isRoot = process.getuid?.() === 0;
const hasSetpriv = spawnSync('setpriv', ['--version']).status === 0;
const isReadable = spawnSync('setpriv', ['--reuid=65534', '--clear-groups', 'cat', CLI]).status === 0;

it.runIf(isLinux && isRoot && hasSetpriv && isReadable)('names ulimit -u if no thread can be started', () => {
  const line = `${process.execPath} ${CLI} train synthetic:100x4x2 --quiet --out ${folder}/mine`;
  bash('chmod 777 .');
  const { stderr } = bash(
    `setpriv --reuid=65534 --clear-groups bash -c 'ulimit -u 13; ${line}; echo $? >&2' < /dev/null`,
  );
  expect(stderr).toMatch(/error: threads: [^\n]+\n[^\n]*ulimit -u[^\n]*\n1\n$/);
});

/** Whether packages are also installed above the temporary folder, so that none can be missing. */
const isAbove = (name: string) => {
  try {
    return createRequire(join(folder, 'copy', 'any.js')).resolve(name) !== '';
  } catch {
    return false;
  }
};

describe.skipIf(isAbove('yargs'))('of a package that is not there', () => {
  /** A copy of the package whose dependencies are links, without those left out. */
  const copy = join(folder, 'copy');
  const omit = (...names: string[]) => {
    rmSync(copy, { recursive: true, force: true });
    const cli = copyBuild(copy);
    // Copied, not linked: at its real place it would find its binary.
    const whole = new Set(['@duckdb/node-api', '@duckdb/node-bindings']);
    const place = (name: string) => join('node_modules', name);
    const own = readdirSync(join(PACKAGE, 'node_modules')).filter(name => !/^(\.|@duckdb)/.test(name));
    mkdirSync(join(copy, place('@duckdb')), { recursive: true });
    for (const name of [...own, ...whole].filter(name => !names.includes(name))) {
      const [from, to] = [PACKAGE, copy].map(base => join(base, place(name)));
      if (whole.has(name)) cpSync(from!, to!, { recursive: true });
      else symlinkSync(from!, to!);
    }
    return cli;
  };

  it('trains without koffi and fs-native-extensions, and tells what is missing', () => {
    const cli = omit('koffi', 'fs-native-extensions');
    const { code, stderr } = bash(
      'lockstep train synthetic:100x4x2 --epochs 1 --workers 1 --force --out other',
      { cli },
    );
    expect(code).toBe(0);
    expect(stderr).toContain('the optional package fs-native-extensions is not installed');
    expect(stderr).toContain('the optional package koffi is not installed');
    expect(stderr).not.toContain(copy);
  });

  it('names the package of DuckDB that this platform needs', () => {
    const cli = omit();
    const { code, stderr } = bash('lockstep info kinds.csv --target kind', { cli });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(SHORT) });
    expect(stderr).toMatch(
      new RegExp(`the package @duckdb/node-bindings-${process.platform}-${process.arch}\\S* is missing`),
    );
  });

  it('names a package that every command needs', () => {
    const cli = omit('yargs');
    const { code, stderr } = bash('lockstep --version', { cli });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(SHORT) });
    expect(stderr).toContain("'yargs'");
  });
});

it.each(['18.20.8', '20.18.3', '12.22.0', '0.12.0'])(
  'refuses Node.js %s with the version that it needs',
  version => {
    writeFileSync(
      join(folder, 'pretend.cjs'),
      `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
    );
    const { code, stderr } = bash('lockstep --version', {
      env: { NODE_OPTIONS: `--require ${folder}/pretend.cjs` },
    });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `error: Node.js: lockstep needs 20.19 or later, this is ${version}.\n`,
    });
  },
);
