/** Changes of the workers, the pool and the recovery. */
import { change, type NamedChange } from './seeded.js';

const TRAIN = 'workers/train.ts';
const WORKER = 'workers/worker.ts';
const COLLECTIVE = 'src/protocol/collective.ts';
const POOL = 'src/threads/pool.ts';
const THREADS = 'src/threads/threads.ts';
const RECOVERY = 'src/session/recovery.ts';
const FIRST_MEETING = "    this.#meet('waiting');\n";
const SECOND_MEETING = "    this.#meet(this.#thread.setup.coordinates ? 'update' : 'waiting');\n";
const KEEP = 'if (this.#thread.worker === 0) this.#keep(this.#task.firstStep + done);';
const NOTE = '    Atomics.add(this.#control, PROGRESS, 1);\n';
const UPDATE = '    run.update(this.#registers);\n';
const POISON = '    barrier.poison();\n';

export const TRAINING_CHANGES: readonly NamedChange[] = [
  change('plain', 'no meeting after the gradient', 'ordered accesses', TRAIN, [FIRST_MEETING, '']),
  change('plain', 'no meeting after the update', 'ordered accesses', TRAIN, [SECOND_MEETING, '']),
  change('plain', 'one worker skips a meeting', 'ordered accesses', TRAIN, [
    FIRST_MEETING,
    "    if (this.#thread.worker > 0) this.#meet('waiting');\n",
  ]),
  change('plain', 'every worker counts a step', 'right step', TRAIN, [
    KEEP,
    'this.#keep(this.#task.firstStep + done);',
  ]),
  change(
    'throw',
    'a step counts before all have updated',
    'right step',
    TRAIN,
    [NOTE, ''],
    [UPDATE, UPDATE + NOTE.replace('Atomics', 'if (this.#thread.worker === 0) Atomics')],
  ),
  change('plain', 'no step counts', 'right step', TRAIN, [NOTE, '']),
  change('stop', 'steps are counted from 0', 'same weights', TRAIN, ['done : done + 1 };', 'done : done };']),
  change('stop', 'a worker decides by what is asked', 'decisions agree', COLLECTIVE, [
    'Atomics.load(this.#control, STOP_AGREED)',
    'Atomics.load(this.#control, 64)',
  ]),
  change('stop', 'only worker 0 stops', 'decisions agree', TRAIN, [
    'return this.#collective.isStopAgreed ?',
    'return this.#thread.worker === 0 && this.#collective.isStopAgreed ?',
  ]),
  change('throw', 'a poisoned meeting goes on', 'right step', COLLECTIVE, [
    'if (!this.#barrier.arrive()) throw new Poisoned();',
    'this.#barrier.arrive();',
  ]),
  change('throw', 'a worker that fails poisons nothing', 'no waiting', WORKER, [POISON, '']),
  change('throw', 'those who were poisoned report it as their error', 'right worker', WORKER, [
    "    if (error instanceof Poisoned) return { ok: true, end: 'poisoned', steps: 0 };\n",
    '',
  ]),
  change('exit', 'a lost thread poisons nothing', 'no waiting', POOL, [
    '    this.#job?.barrier.poison();\n',
    '',
  ]),
  change('plain', 'no thread is told of the job', 'no error', POOL, [
    '    this.#told = false;\n',
    '    this.#told = true;\n',
  ]),
  change('throw', 'the weights are not kept', 'same weights', RECOVERY, [' copy.set(slab);', '{}']),
  change('throw', 'the weights are not restored', 'same weights', RECOVERY, [' slab.set(copy);', '{}']),
  change('throw', 'the barrier is not reset', 'right end', THREADS, ['    this.#barrier.reset();\n', '']),
  change('plain', 'every segment begins at step 0', 'right step', THREADS, [
    'Atomics.store(this.#control, PROGRESS, steps | 0);',
    'Atomics.store(this.#control, PROGRESS, 0);',
  ]),

  change('late stop', 'nobody stops', 'stop is heeded', TRAIN, [
    '    if (end) return',
    '    if (false) return',
  ]),
  change('plain', 'nobody shows that it has begun', null, WORKER, [
    '    Atomics.add(control, PULSE, 1);\n',
    '',
  ]),
  change(
    'plain',
    'a step counts after the decision',
    null,
    TRAIN,
    [`    ${KEEP}\n`, ''],
    [
      "    return this.#collective.isStopAgreed ? 'asked' : null;",
      `    const end = this.#collective.isStopAgreed ? 'asked' : null;\n    ${KEEP}\n    return end;`,
    ],
  ),
  change('plain', 'stop is not taken back', null, THREADS, [
    '    Atomics.store(this.#control, STOP_WANTED, 0);\n',
    '',
  ]),
  change('exit', 'threads are given no time to leave', null, POOL, [
    'const GRACE_MILLISECONDS = 500;',
    'const GRACE_MILLISECONDS = 1;',
  ]),
];
