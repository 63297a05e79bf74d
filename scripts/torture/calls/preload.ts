/**
 * Loaded before lockstep (`node --import`), in the process and in each of its threads: from then on, what it asks of the
 * system may fail. Which call fails is set by `arm` (control.ts), or by the variable LOCKSTEP_FAULT, "KIND:NUMBER", followed by ":always" if all later ones fail too; what
 * happened is then written to the file that LOCKSTEP_FAULT_REPORT names.
 */
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { arm, armed, counts, disarm, type Kind } from './control.js';
import type { Failure, FileCall } from './file-call.js';
import { watchFiles } from './files.js';
import { watchParts } from './parts.js';

/** The calls that a kind of failure can happen to. */
const OPS: Partial<Record<Kind, ReadonlySet<FileCall['op']>>> = {
  ENOSPC: new Set(['create', 'write', 'sync', 'truncate', 'mkdir', 'rename', 'link']),
  EIO: new Set([
    ...([
      'create',
      'open',
      'read',
      'write',
      'sync',
      'truncate',
      'close',
      'rename',
      'link',
      'unlink',
      'rmdir',
    ] as const),
    ...(['mkdir', 'readdir', 'stat', 'access'] as const),
  ]),
  EACCES: new Set([
    'create',
    'open',
    'rename',
    'link',
    'unlink',
    'rmdir',
    'mkdir',
    'readdir',
    'stat',
    'access',
  ]),
  EINTR: new Set(['create', 'open', 'read', 'write', 'sync', 'truncate', 'close']),
  EMFILE: new Set(['create', 'open', 'readdir']),
  'short write': new Set(['write']),
  'short read': new Set(['read']),
};

const TEXTS: Partial<Record<Kind, { errno: number; text: string }>> = {
  ENOSPC: { errno: -28, text: 'no space left on device' },
  EIO: { errno: -5, text: 'i/o error' },
  EACCES: { errno: -13, text: 'permission denied' },
  EINTR: { errno: -4, text: 'interrupted system call' },
  EMFILE: { errno: -24, text: 'too many open files' },
};

function failureOf(call: FileCall): Failure | null {
  const kind = armed();
  if (kind === null || OPS[kind]?.has(call.op) !== true) return null;
  if (!counts(`${call.op} ${call.path}${call.to ? ` -> ${call.to}` : ''}`)) return null;
  const known = TEXTS[kind];
  if (known === undefined) return 'half';
  const syscall = call.op === 'create' ? 'open' : call.op === 'sync' ? 'fsync' : call.op;
  const paths = call.to === undefined ? `'${call.path}'` : `'${call.path}' -> '${call.to}'`;
  // Calls on an open file name no path.
  const where = call.file && call.op !== 'open' && call.op !== 'create' ? '' : ` ${paths}`;
  const error = new Error(`${kind}: ${known.text}, ${syscall}${where}`);
  return Object.assign(error, { code: kind, errno: known.errno, syscall, path: call.path });
}

watchFiles({ before: failureOf });
watchParts(import.meta.url);
const [kind, number, lasts] = process.env.LOCKSTEP_FAULT?.split(':') ?? [];
const report = process.env.LOCKSTEP_FAULT_REPORT;
if (isMainThread && kind !== undefined) {
  arm(kind as Kind, Number(number), lasts === undefined ? Number(number) : 2 ** 31 - 1);
  if (report !== undefined) process.on('exit', () => writeFileSync(report, JSON.stringify(disarm())));
}
