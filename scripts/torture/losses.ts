/**
 * Loses workers on purpose, in every way and in both phases of a step, at random steps of trainings of
 * several shapes. Each time, the loss must be reported, and the training must end with the same bits as an
 * undisturbed one. Prints a table; exits with 1 if one doesn't. node dist/scripts/torture/losses.js [losses]
 * [seed]
 */
import { createHash } from 'node:crypto';
import { makeSynthetic } from '../../src/data/synthetic.js';
import { type LostReport, type TrainOptions, type TrainResult, train } from '../../src/index.js';
import { PLAIN_DESCENT } from '../../src/model/optimizer.js';
import { type Fault, LOSS_KINDS } from '../../src/protocol/fault.js';
import { Random } from '../../src/random.js';
import { networkFor } from '../../src/train/make-network.js';

const [LOSSES = 50, SEED = 1] = process.argv.slice(2).map(Number);
const STALL_SECONDS = 0.5;
const EPOCHS = 3;
const ROWS = 203;
const PHASES = ['gradient', 'update'] as const;

/** One walked by shard with a single row per step, one by shard with uneven shards, and one by block. */
const SHAPES = [
  { hidden: [16], batchSize: 1 },
  { hidden: [33, 5], batchSize: 64 },
  { hidden: [900, 300], batchSize: 64 },
];

const data = makeSynthetic(`synthetic:${ROWS}x12x3`, { rows: ROWS, features: 12, classes: 3 }, SEED);

interface Outcome {
  bits: string;
  lost: LostReport[];
  seconds: number;
}

async function run(
  { hidden, batchSize }: (typeof SHAPES)[number],
  more: Pick<TrainOptions, 'fault'> & Partial<Pick<TrainOptions, 'workers' | 'update'>>,
): Promise<Outcome> {
  const network = networkFor([data.features, ...hidden, data.outputs], 'tanh', data.task);
  const begun = performance.now();
  const training = train(network, data, null, {
    optimizer: PLAIN_DESCENT,
    learningRate: 0.05,
    l2: 1e-4,
    batchSize,
    epochs: EPOCHS,
    seed: SEED,
    workers: 2,
    shards: 5,
    stallSeconds: STALL_SECONDS,
    ...more,
  });
  const lost: LostReport[] = [];
  for (;;) {
    const { value, done } = await training.next();
    if (done) return { bits: bitsOf(value), lost, seconds: (performance.now() - begun) / 1000 };
    if (value.type === 'lost') lost.push(value);
  }
}

/** Hash of the weights and of every step's loss in the last epoch. */
function bitsOf({ state }: TrainResult): string {
  return createHash('sha256').update(state.weights).update(state.stepLosses).digest('hex');
}

const random = new Random(SEED, 'probe');
let drawn = 0;
const pick = <T>(items: readonly T[]): T => items[Math.floor(random.uniform(drawn++) * items.length)]!;
const upTo = (n: number) => Math.floor(random.uniform(drawn++) * n);

const undisturbed = new Map<(typeof SHAPES)[number], string>();
for (const shape of SHAPES) undisturbed.set(shape, (await run(shape, {})).bits);

let wrong = 0;
console.log(
  '  #  layers            batch  update       workers  lost      step  phase     kind   seconds  bits',
);
for (let i = 1; i <= LOSSES; i++) {
  const shape = pick(SHAPES);
  const workers = 1 + upTo(4);
  const update = pick(['sharded', 'coordinator'] as const);
  const step = 1 + upTo(EPOCHS * Math.ceil(ROWS / shape.batchSize));
  const fault: Fault = {
    worker: upTo(workers),
    step,
    phase: pick(PHASES),
    kind: pick(LOSS_KINDS),
    times: 1,
  };
  const { bits, lost, seconds } = await run(shape, { workers, update, fault });
  const [loss] = lost;
  const named = lost.length === 1 && loss!.worker === fault.worker && loss!.step === fault.step;
  const same = bits === undisturbed.get(shape);
  if (!named || !same) wrong++;
  console.log(
    [
      String(i).padStart(3),
      [data.features, ...shape.hidden, data.outputs].join(',').padEnd(16),
      String(shape.batchSize).padStart(5),
      update.padEnd(11),
      String(workers).padStart(7),
      `worker ${fault.worker}`,
      String(step).padStart(4),
      fault.phase.padEnd(8),
      fault.kind.padEnd(5),
      seconds.toFixed(2).padStart(7),
      `${same ? 'same' : 'OTHER'}${named ? '' : `, reported: ${JSON.stringify(lost)}`}`,
    ].join('  '),
  );
}
console.log(
  `${LOSSES} losses: ${LOSSES - wrong} reported and bit-identical to the undisturbed training, ${wrong} not`,
);
if (wrong > 0) process.exitCode = 1;
