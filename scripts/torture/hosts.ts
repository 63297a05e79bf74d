/**
 * Runs a command by mpirun over several hosts, which are network namespaces of this machine: TCP is all they share.
 *
 *   node dist/scripts/torture/hosts.js [--hosts 2] [--ranks 1] [--mpi mpirun.openmpi] [--rate 1gbit] [--delay 1] -- COMMAND
 *
 * --ranks is the number of ranks of each host, --mpi a launcher (mpirun.mpich, or the path of another), --rate the speed of each
 * link, --delay how many milliseconds a frame takes to another host. Needs Linux, root and the package iproute2. The hosts are
 * removed at the end, also after a failure or a signal. Ends with the exit code of mpirun.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { makeHosts } from './namespaces.js';

const { values, positionals } = parseArgs({
  options: {
    hosts: { type: 'string', default: '2' },
    ranks: { type: 'string', default: '1' },
    mpi: { type: 'string', default: 'mpirun.openmpi' },
    rate: { type: 'string' },
    delay: { type: 'string', default: '0' },
  },
  allowPositionals: true,
});
if (positionals.length === 0) throw new Error('expected a command after --');
const hosts = makeHosts(Number(values.hosts), { rate: values.rate, delayMilliseconds: Number(values.delay) });
process.on('exit', () => hosts.remove());
const [program, ...words] = hosts.underMpi(values.mpi, Number(values.ranks), positionals);
const child = spawn(program!, words, { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
child.on('error', error => {
  console.error(error.message);
  process.exit(1);
});
child.on('close', (code, signal) => process.exit(code ?? 128 + constants.signals[signal!]));
