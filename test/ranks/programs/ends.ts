/**
 * A program for mpirun: ranks that end in odd ways. Its argument says how: `abort`, `exit`, `throw`: the last rank does so while
 * the others wait for it; `stop`: it stops, as by ^Z; `stop-later`: likewise, and the others have less patience than at first; `stop-early`: it does so before it has opened its ranks; `large`: a
 * broadcast of more than one message can carry; `wait`: all wait for 3 s and then for each other; `no-heap`: a mapping follows the heap, as sometimes by chance.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadKoffi } from '../../../src/native.js';
import { launcherOf } from '../../../src/ranks/launcher.js';
import { openRanks } from '../../../src/ranks/open.js';

const [how] = process.argv.slice(2);
const PATIENCE = how === 'large' || how === 'stop-later' ? 60 : 4;

/** Maps a page right after the heap, so that it can't grow. */
function blockHeap(): void {
  const map = loadKoffi()
    .load(null)
    .func('uintptr_t mmap(uintptr_t at, size_t bytes, int access, int flags, int file, long offset)');
  for (let i = 0; i < 100; i++) {
    const heap = /^[0-9a-f]+-([0-9a-f]+) .*\[heap\]\n([0-9a-f]+)/m.exec(
      readFileSync('/proc/self/maps', 'utf8'),
    )!;
    const [end, next] = heap.slice(1).map(address => Number.parseInt(address, 16));
    if (next === end) return;
    // MAP_PRIVATE, MAP_ANONYMOUS, MAP_FIXED_NOREPLACE. The heap may have grown since.
    map(end!, 4096, 0, 0x100022, -1, 0);
  }
  throw new Error('the heap still grows');
}

if (how === 'no-heap') blockHeap();
const { rank: own, size: all } = launcherOf(process.env)!;
if (how === 'stop-early' && own === all - 1) process.kill(process.pid, 'SIGSTOP');
const ranks = await openRanks({ mpi: 'auto', environment: process.env, patience: PATIENCE });
const { rank, size } = ranks;
if (how === 'stop-later') ranks.setPatience(0);
const isLast = rank === size - 1;
if (how === 'large') {
  const length = 2 ** 30 + 5;
  const bytes = new Uint8Array(length);
  const places = [0, 1, 2 ** 20, 2 ** 30 - 1, 2 ** 30, length - 1];
  if (isLast) for (const [i, place] of places.entries()) bytes[place] = i + 1;
  await ranks.broadcast(bytes, size - 1);
  const got = await ranks.gather(Uint8Array.from(places, place => bytes[place]!));
  if (rank === 0) console.log(got.map(String).join(' '));
}
if (how === 'wait') {
  if (rank === 0) console.log('waiting');
  await sleep(3000);
}
if (isLast) {
  if (how === 'abort') ranks.abort(7);
  if (how === 'exit') process.exit(9);
  if (how === 'throw') throw new Error('the last rank is broken');
  if (how === 'stop' || how === 'stop-later') process.kill(process.pid, 'SIGSTOP');
}
try {
  await ranks.meet();
} catch (error) {
  process.stderr.write(`rank ${rank}: ${(error as Error).message}\n`);
  ranks.abort(5);
}
const isClosed = await ranks.close();
if (rank === 0) console.log(isClosed ? 'closed' : 'stuck');
