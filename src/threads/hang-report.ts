/**
 * Writes what the threads of a job are doing when a segment makes no progress, as text for people: hang-DATE.txt. What is in
 * memory is read at once, then the threads are asked for their stacks. Runs on the coordinator, and changes nothing.
 */
import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, freemem, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { viewOf } from '../model/plan.js';
import * as controlWords from '../protocol/control.js';
import type { Setup } from '../protocol/tasks.js';
import { type LastDone, readTrails } from '../protocol/trail.js';
import { packageVersion } from '../version.js';
import { stacksOfWorkers, type ThreadStack } from './stacks.js';
import { type SystemThread, systemThreads } from './system-threads.js';

/** A thread answers at once, even on a busy machine; one in a call of native code never does. */
const ANSWER_MILLISECONDS = 2000;
/** Time between two looks at the CPU time of the threads. */
const LOOK_MILLISECONDS = 500;
/** Files that one second can have, by the ranks and jobs of a folder. */
const MOST_FILES = 100;

/** Writes the report to a folder. Returns its path. @throws Error if it can't be written */
export async function writeHangReport(
  setup: Setup,
  folder: string,
  quietMilliseconds: number,
): Promise<string> {
  const now = new Date();
  const text = await describeHang(setup, now, quietMilliseconds);
  const name = `hang-${now.toISOString().slice(0, 19).replaceAll(':', '-')}`;
  for (let number = 1; ; number++) {
    const path = join(folder, number === 1 ? `${name}.txt` : `${name}-${number}.txt`);
    try {
      await writeFile(path, text, { flag: 'wx' });
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || number === MOST_FILES) throw error;
    }
  }
}

async function describeHang(setup: Setup, now: Date, quietMilliseconds: number): Promise<string> {
  const control = viewOf(setup.plan, setup.memory, 'control', 'i32');
  const words = Object.entries(controlWords).map(
    ([name, at]) => `${name} ${Atomics.load(control, at) >>> 0}`,
  );
  const trails = readTrails(setup.plan, setup.memory);
  const before = systemThreads();
  await setTimeout(LOOK_MILLISECONDS);
  const after = systemThreads();
  const { stacks, problem } = await stacksOrProblem();
  const sections: [string, string][] = [
    ['Control words (src/protocol/control.ts)', words.join('\n')],
    ...trails.map((trail, worker): [string, string] => [
      `Worker ${worker}`,
      describeWorker(
        trail,
        stacks.find(({ thread }) => thread === trail.nodeThread),
      ),
    ]),
    ['Main thread', `It wrote this. It waits for: ${waitedFor()}.`],
    ['Other JavaScript threads', describeOthers(stacks, trails) + problem],
    ['Threads of the system', describeThreads(before, after, trails)],
    ['Job', describeJob(setup)],
    ['Machine', describeMachine()],
  ];
  const parts = sections.map(([title, body]) => `## ${title}\n\n${body}\n`);
  return [headOf(now, quietMilliseconds), ...parts].join('\n');
}

async function stacksOrProblem(): Promise<{ stacks: ThreadStack[]; problem: string }> {
  try {
    return { stacks: await stacksOfWorkers(ANSWER_MILLISECONDS), problem: '' };
  } catch (error) {
    return { stacks: [], problem: `\nNo stacks of JavaScript: ${(error as Error).message}` };
  }
}

function headOf(now: Date, quietMilliseconds: number): string {
  const words = process.argv.slice(1).map(word => (/^[\w./:=,-]+$/.test(word) ? word : JSON.stringify(word)));
  return `lockstep: no progress for ${quietMilliseconds / 1000} s

${now.toISOString()}, process ${process.pid}
${words.join(' ')}

No worker has finished a step or begun a task in this time. If the machine was suspended or overloaded, or a step takes this
long, nothing is wrong: training continues. Otherwise a worker hangs. It will be given up and the steps repeated, to the same
bits (docs/resume.md). Then please report it, with this file: it has no rows and no weights, but the command above and paths
below. A worker that waits at a barrier ("meet") waits for one that does something else: that one is the cause.
`;
}

function describeWorker(trail: LastDone, stack: ThreadStack | undefined): string {
  const { systemThread, nodeThread, step, operations } = trail;
  if (nodeThread === 0) return 'It has not begun.';
  const threads = `thread ${nodeThread} of Node.js, ${systemThread || 'not known'} of the system`;
  const last = `last operations, oldest first: ${operations.join(', ')}`;
  return `${threads}\nstep ${step}, ${last}\n${describeStack(stack)}`;
}

function describeStack(stack: ThreadStack | undefined): string {
  if (!stack) return 'It has ended, or has no stack of JavaScript.';
  if (stack.calls === null) return 'It does not answer: it is in a call of native code.';
  return `calls of JavaScript, innermost first:\n${stack.calls.map(call => `  ${call}`).join('\n')}`;
}

/** Threads that are no worker's: of other jobs, or idle. */
function describeOthers(stacks: readonly ThreadStack[], trails: readonly LastDone[]): string {
  const others = stacks.filter(({ thread }) => !trails.some(({ nodeThread }) => nodeThread === thread));
  if (others.length === 0) return 'none';
  return others.map(stack => `thread ${stack.thread ?? '?'} of Node.js: ${describeStack(stack)}`).join('\n');
}

function waitedFor(): string {
  const counts = new Map<string, number>();
  for (const name of process.getActiveResourcesInfo()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} ${name}`).join(', ') || 'nothing';
}

function describeThreads(before: SystemThread[], after: SystemThread[], trails: readonly LastDone[]): string {
  if (after.length === 0) return 'This system does not tell.';
  return after
    .map(thread => {
      const { id, name, state, cpuSeconds, waitsIn, call, stack } = thread;
      const earlier = before.find(other => other.id === id);
      const used = Math.round(1000 * (cpuSeconds - (earlier?.cpuSeconds ?? 0)));
      const worker = trails.findIndex(({ systemThread }) => systemThread === id);
      const role = worker >= 0 ? `worker ${worker}` : id === process.pid ? 'main thread' : 'of Node.js';
      const lines = [
        `${id} ${name} (${role}): state ${state}, ${used} ms of CPU in ${LOOK_MILLISECONDS} ms`,
        `  waits in ${waitsIn || 'not told'}, call ${call || 'not told'}`,
        ...stack
          .split('\n')
          .filter(Boolean)
          .map(line => `  ${line}`),
      ];
      return lines.join('\n');
    })
    .join('\n');
}

function describeJob(setup: Setup): string {
  const { network, backend, workers, optimizer, coordinates, spins, ranks, tables } = setup;
  const rows = Object.entries(tables).flatMap(([name, table]) => (table ? `${name} ${table.rows} rows` : []));
  return [
    `layers ${network.layers.join(',')}, ${network.loss}, ${optimizer.name}`,
    rows.join(', '),
    `backend ${backend.description}`,
    `${workers} workers, ${spins} spins, update by ${coordinates ? 'the coordinator' : 'the workers'}`,
    ranks ? `rank ${ranks.team.rank} of ${ranks.team.workers.length}` : 'one process',
  ].join('\n');
}

function describeMachine(): string {
  const { node, v8, uv } = process.versions;
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const load = loadavg().map(value => value.toFixed(2));
  return [
    `lockstep ${packageVersion()}, Node.js ${node} (V8 ${v8}, libuv ${uv}), ${process.platform} ${process.arch} ${release()}`,
    `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, load ${load.join(' ')}`,
    `${gib(freemem())} of ${gib(totalmem())} free, ${gib(process.memoryUsage.rss())} used by this process`,
    `running for ${process.uptime().toFixed(0)} s, arguments of Node.js: ${process.execArgv.join(' ') || 'none'}`,
  ].join('\n');
}
