#!/usr/bin/env node
/**
 * The first file that runs. It imports nothing before it has checked the version of Node.js, and uses no
 * recent syntax, so that an old Node.js can parse it and report that it is too old. Then it checks the
 * process limits and loads main.ts.
 */

/** As in package.json. */
const NEEDED = [20, 19];

function isTooOld(version: string): boolean {
  const parts = version.split('.').map(Number);
  const major = parts[0] as number;
  return major < NEEDED[0]! || (major === NEEDED[0]! && parts[1]! < NEEDED[1]!);
}

function fail(message: string): void {
  process.stderr.write(`error: ${message}\n`);
  process.exitCode = 1;
}

/** Describes an error that occurs before the command line is loaded. */
function describe(error: Error & { code?: string }): string {
  const [line] = String(error.message).split('\n');
  if (error.code === 'EMFILE' || error.code === 'ENFILE') {
    return `lockstep could not be loaded: ${line}.\nRaise the limit of open files: ulimit -n 256.`;
  }
  if (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND') {
    return `lockstep is not installed as a whole: ${line}.\nInstall it again: npm install.`;
  }
  return `a fault of lockstep itself; please report it.\n${error.stack}`;
}

function start(): void {
  import('./limits.js')
    .then(({ makeRoom }): unknown => {
      const problem = makeRoom();
      return problem === null ? import('./main.js') : fail(problem);
    })
    .catch(error => fail(describe(error)));
}

if (isTooOld(process.versions.node)) {
  fail(`Node.js: lockstep needs ${NEEDED.join('.')} or later, this is ${process.versions.node}.`);
} else {
  start();
}
