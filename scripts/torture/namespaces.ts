/**
 * Hosts as network namespaces of this machine, joined by a switch: each has its own name and address, and reaches the others by
 * TCP only. mpirun starts ranks on them through an agent in place of ssh. Linux, root, the package iproute2. All names contain
 * the process id, so that several can run at a time; nothing outside the namespaces changes, except for their folders in
 * /etc/netns.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeMpirun } from '../../src/ranks/mpirun.js';

/** Hosts that exist. */
export interface Hosts {
  readonly names: readonly string[];
  /** The words that run a command on the first host. */
  onFirst(command: readonly string[]): string[];
  /** The words that run a command by mpirun, on so many ranks of each host. */
  underMpi(launcher: string, ranksPerHost: number, command: readonly string[]): string[];
  /** Cuts the link of a host, counted from 1, or joins it again. */
  setLink(host: number, state: 'down' | 'up'): void;
  /** Ends what still runs there, and removes the hosts. */
  remove(): void;
}

const DELAY = fileURLToPath(new URL('./delay.js', import.meta.url));
/** A switch with delay has made its devices by then. */
const START_MILLISECONDS = 10_000;

/** The links of hosts. */
export interface Links {
  /** Of each link, as tc writes it: 1gbit. As fast as it goes if left out. */
  rate?: string | undefined;
  /** Of each frame, on its way to another host; 0 if left out. */
  delayMilliseconds?: number | undefined;
}

const NETWORK = '10.77.0';
const DEVICE = 'eth1';

/** How each mpirun is told to start ranks through the agent, and to use only the network. */
const LAUNCHER_WORDS = {
  'Open MPI 4': (agent: string) => [
    ...`--allow-run-as-root --bind-to none --oversubscribe --mca plm_rsh_agent ${agent}`.split(' '),
    ...`--mca btl tcp,self --mca btl_tcp_if_include ${NETWORK}.0/24`.split(' '),
    ...`--mca oob_tcp_if_include ${NETWORK}.0/24 --mca mpi_yield_when_idle 1`.split(' '),
  ],
  'Open MPI': (agent: string) => [
    ...`--allow-run-as-root --bind-to none --prtemca plm_ssh_agent ${agent}`.split(' '),
    ...`--prtemca prte_if_include ${DEVICE} --mca pml ob1 --mca btl tcp,self`.split(' '),
    ...`--mca btl_tcp_if_include ${NETWORK}.0/24`.split(' '),
  ],
  MPICH: (agent: string) => [
    ...`-launcher ssh -launcher-exec ${agent} -iface ${DEVICE}`.split(' '),
    ...`-genv UCX_TLS tcp,self -genv UCX_NET_DEVICES ${DEVICE} -genv FI_TCP_IFACE ${DEVICE}`.split(' '),
  ],
};

function ip(...words: string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function makeOf(launcher: string): keyof typeof LAUNCHER_WORDS {
  const found = describeMpirun(launcher);
  if (found === null) throw new Error(`${launcher}: expected mpirun of Open MPI or MPICH, found neither`);
  if (found.make !== 'Open MPI') return 'MPICH';
  return found.version.startsWith('4.') ? 'Open MPI 4' : 'Open MPI';
}

/** Makes a switch: a bridge, or, with a delay, a process that has made a device for each host. */
function makeSwitch(space: string, hosts: number, delayMilliseconds: number): ChildProcess | null {
  ip('netns', 'add', space);
  if (delayMilliseconds > 0) return startSlowSwitch(space, hosts, delayMilliseconds);
  ip('-n', space, 'link', 'add', 'br0', 'type', 'bridge');
  ip('-n', space, 'link', 'set', 'br0', 'up');
  return null;
}

/** Makes a host, and joins it to the switch. */
function addHost(space: string, number: number, bridge: string, hasDevice: boolean): void {
  ip('netns', 'add', space);
  ip('-n', space, 'link', 'set', 'lo', 'up');
  if (hasDevice) ip('-n', bridge, 'link', 'set', `t${number}`, 'netns', space, 'name', DEVICE);
  else {
    ip('-n', space, 'link', 'add', DEVICE, 'type', 'veth', 'peer', 'name', `p${number}`, 'netns', bridge);
    ip('-n', bridge, 'link', 'set', `p${number}`, 'master', 'br0', 'up');
  }
  ip('-n', space, 'addr', 'add', `${NETWORK}.${number}/24`, 'dev', DEVICE);
  ip('-n', space, 'link', 'set', DEVICE, 'up');
}

function limitRate(space: string, rate: string): void {
  const bucket = `rate ${rate} burst 256kb latency 100ms`.split(' ');
  ip('netns', 'exec', space, 'tc', 'qdisc', 'add', 'dev', DEVICE, 'root', 'tbf', ...bucket);
}

/**
 * Makes hosts.
 * @throws Error with what ip or tc says; then none is left
 */
export function makeHosts(count: number, { rate, delayMilliseconds = 0 }: Links = {}): Hosts {
  const names = Array.from({ length: count }, (_, i) => `host${i + 1}`);
  const spaceOf = (name: string) => `lockstep-${process.pid}-${name}`;
  const spaces = [...names, 'switch'].map(spaceOf);
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-hosts-'));
  const agent = join(folder, 'agent.sh');

  let slow: ChildProcess | null = null;
  const remove = () => {
    slow?.kill('SIGKILL');
    for (const space of spaces) {
      const { stdout } = spawnSync('ip', ['netns', 'pids', space], { encoding: 'utf8' });
      for (const id of stdout.split('\n').filter(Boolean)) kill(Number(id));
      spawnSync('ip', ['netns', 'del', space]);
      rmSync(`/etc/netns/${space}`, { recursive: true, force: true });
    }
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    writeFileSync(agent, agentScript(spaceOf('$name')), { mode: 0o755 });
    const bridge = spaceOf('switch');
    slow = makeSwitch(bridge, count, delayMilliseconds);
    const table = names.map((name, i) => `${NETWORK}.${i + 1} ${name}\n`).join('');
    for (const [i, name] of names.entries()) {
      const space = spaceOf(name);
      // `ip netns exec` shows this file as /etc/hosts.
      mkdirSync(`/etc/netns/${space}`, { recursive: true });
      writeFileSync(`/etc/netns/${space}/hosts`, `127.0.0.1 localhost\n${table}`);
      addHost(space, i + 1, bridge, slow !== null);
      if (rate !== undefined) limitRate(space, rate);
    }
  } catch (error) {
    remove();
    throw error;
  }

  const onFirst = (command: readonly string[]) => [agent, names[0]!, 'exec', ...command.map(quote)];
  return {
    names,
    onFirst,
    underMpi(launcher, ranksPerHost, command) {
      const make = makeOf(launcher);
      const places =
        make === 'MPICH'
          ? ['-hosts', names.join(','), '-ppn', String(ranksPerHost)]
          : ['--host', names.map(name => `${name}:${ranksPerHost}`).join(',')];
      const size = ['-np', String(count * ranksPerHost)];
      return onFirst([launcher, ...LAUNCHER_WORDS[make](agent), ...places, ...size, ...command]);
    },
    setLink(host, state) {
      if (slow !== null) ip('-n', spaceOf(`host${host}`), 'link', 'set', DEVICE, state);
      else ip('-n', spaceOf('switch'), 'link', 'set', `p${host}`, state);
    },
    remove,
  };
}

/** Starts a switch whose frames arrive late, with a device t1, t2, … for each host. @throws Error if it doesn't start */
function startSlowSwitch(space: string, devices: number, milliseconds: number): ChildProcess {
  const words = ['netns', 'exec', space, process.execPath, DELAY, String(devices), String(milliseconds)];
  const child = spawn('ip', words, { stdio: ['ignore', 'ignore', 'inherit'] });
  const isThere = () =>
    spawnSync('ip', ['-n', space, 'link', 'show', `t${devices}`], { stdio: 'ignore' }).status === 0;
  const end = performance.now() + START_MILLISECONDS;
  while (!isThere()) {
    if (performance.now() > end) throw new Error('the switch with delay does not start: see above');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }
  return child;
}

/** Takes the place of ssh: [options] HOST WORDS…, which run in a shell of that host, with its name. */
function agentScript(space: string): string {
  return [
    '#!/bin/sh',
    'while :; do case $1 in -*) shift ;; *) break ;; esac; done',
    'name=$1',
    'shift',
    `exec ip netns exec ${space} unshare --uts /bin/sh -c "hostname $name; $*"`,
    '',
  ].join('\n');
}

function quote(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function kill(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}
