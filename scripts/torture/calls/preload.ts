/**
 * Loaded before lockstep (`node --import`), in the process and in each of its threads: from then on, what it asks of the
 * system may fail. Which call fails is set by `arm` (control.ts), or by the variable LOCKSTEP_FAULT: "KIND:NUMBER", followed by
 * ":always" if all later ones fail too, or "KIND" to describe all calls; what happened is then written to the file that
 * LOCKSTEP_FAULT_REPORT names.
 */
import { syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { arm, armed, counts, disarm, type Kind, NEVER } from './control.js';
import { type Failure, type FileCall, original } from './file-call.js';
import { watchFiles } from './files.js';
import { watchParts } from './parts.js';
import { watchStandardStreams } from './sync-files.js';
import { watchThreads } from './threads.js';

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
  EPERM: new Set(['create', 'open', 'rename', 'link', 'unlink', 'rmdir', 'mkdir']),
  EINTR: new Set(['create', 'open', 'read', 'write', 'sync', 'truncate', 'close']),
  EMFILE: new Set(['create', 'open', 'readdir']),
  'short write': new Set(['write']),
  'short read': new Set(['read']),
  'EAGAIN on a stream': new Set(['read', 'write']),
  'EPIPE on stdout': new Set(['write']),
};

/** Those that only happen to stdin and stdout, which are no files of the command's. */
const OF_STREAMS: Partial<Record<Kind, readonly string[]>> = {
  'EAGAIN on a stream': ['stdin', 'stdout'],
  'EPIPE on stdout': ['stdout'],
};

const TEXTS: Partial<Record<Kind, { code?: string; errno: number; text: string }>> = {
  ENOSPC: { errno: -28, text: 'no space left on device' },
  EIO: { errno: -5, text: 'i/o error' },
  EACCES: { errno: -13, text: 'permission denied' },
  EPERM: { errno: -1, text: 'operation not permitted' },
  EINTR: { errno: -4, text: 'interrupted system call' },
  EMFILE: { errno: -24, text: 'too many open files' },
  'EAGAIN on a stream': { code: 'EAGAIN', errno: -11, text: 'resource temporarily unavailable' },
  'EPIPE on stdout': { code: 'EPIPE', errno: -32, text: 'broken pipe' },
};

function failureOf(call: FileCall): Failure | null {
  const kind = armed();
  if (kind === null || OPS[kind]?.has(call.op) !== true) return null;
  if (OF_STREAMS[kind]?.includes(call.path) === false) return null;
  if (!counts(`${call.op} ${call.path}${call.to ? ` -> ${call.to}` : ''}`)) return null;
  const known = TEXTS[kind];
  if (known === undefined) return 'half';
  const syscall = call.op === 'create' ? 'open' : call.op === 'sync' ? 'fsync' : call.op;
  const paths = call.to === undefined ? `'${call.path}'` : `'${call.path}' -> '${call.to}'`;
  // Calls on an open file name no path.
  const where = call.file && call.op !== 'open' && call.op !== 'create' ? '' : ` ${paths}`;
  const { code = kind, errno, text } = known;
  return Object.assign(new Error(`${code}: ${text}, ${syscall}${where}`), {
    ...{ code, errno, syscall },
    ...(where !== '' && { path: call.path }),
  });
}

watchFiles({ before: failureOf });
watchThreads(import.meta.url);
watchParts();
const [kind, number, lasts] = process.env.LOCKSTEP_FAULT?.split(':') ?? [];
const report = process.env.LOCKSTEP_FAULT_REPORT;
if (isMainThread && kind !== undefined && isChosenRank()) {
  watchStandardStreams();
  if (number === undefined) arm(kind as Kind);
  else arm(kind as Kind, Number(number), lasts === undefined ? Number(number) : NEVER - 1);
  if (report !== undefined)
    process.on('exit', () => original.writeFileSync(report, JSON.stringify(disarm())));
}
syncBuiltinESMExports();

/** Of several processes, only the one of the rank that LOCKSTEP_FAULT_RANK names. */
function isChosenRank(): boolean {
  const { LOCKSTEP_FAULT_RANK: chosen, PMI_RANK, OMPI_COMM_WORLD_RANK } = process.env;
  return chosen === undefined || chosen === (OMPI_COMM_WORLD_RANK ?? PMI_RANK);
}
