/**
 * The trainings that are killed: one for each update rule and one of labels, and between them all that a checkpoint holds
 * and the further course depends on: what a rule remembers, plateau's counts, batches that change, the best epoch and its
 * weights, sums of the epoch under way, and the places in the streams of dropout, noise, weights and the order of rows.
 */
import { Random } from '../../../src/random.js';

/** One training. */
export interface Case {
  name: string;
  /** As they are typed. */
  options: string;
  /** CSV of the rows to learn from; null: synthetic ones. */
  table: string | null;
  /** Enough of them that a training is not at its end before it was killed often enough. */
  epochsPerKill: number;
}

/** Some 85,000 parameters, so that a good part of the time a checkpoint is being written. */
const NETWORK = '--hidden 256,256 --validation 0.2 --backend wasm --checkpoint-every 7';
/** Of 16 steps an epoch, each of about a millisecond. */
const SMALL_BATCHES = 15;
/** Of one step an epoch, of some 8 ms; L-BFGS takes an evaluation or a few for each. */
const WHOLE_BATCHES = 50;

export const CASES: readonly Case[] = [
  small(
    'sgd',
    '--batch-size 50 --optimizer sgd --dropout 0.2 --label-smoothing 0.1 --lr-schedule cosine --warmup-epochs 2',
  ),
  small(
    'momentum',
    '--batch-schedule 0:50,3:80,9:100 --optimizer sgd --lr 0.03 --momentum 0.5 --lr-schedule plateau --lr-patience 2 --lr-threshold 0.3 --lr-gamma 0.8 --lr-cooldown 1',
  ),
  small(
    'nesterov',
    '--batch-size 50 --optimizer sgd --momentum 0.9 --nesterov --lr 0.01 --input-noise 0.1 --class-weights balanced --lr-schedule one-cycle --clip-norm 1',
  ),
  small(
    'adam',
    '--batch-size 50 --optimizer adam --dropout 0.3,0.1 --label-smoothing 0.1 --monitor accuracy --lr-schedule plateau --lr-patience 1 --noise-scale',
  ),
  small(
    'adamw',
    '--batch-size 50 --optimizer adamw --input-dropout 0.1 --class-weights balanced --monitor f1 --metrics f1,auc --lr-schedule exponential',
  ),
  small(
    'rmsprop',
    '--batch-schedule 0:40,4:100 --optimizer rmsprop --momentum 0.9 --lr 0.0003 --dropout 0.2 --input-noise 0.1 --l1 1e-5 --lr-schedule inverse-time',
  ),
  small(
    'adagrad',
    '--batch-size 50 --optimizer adagrad --input-noise 0.2 --label-smoothing 0.1 --patience 1000 --lr-schedule step --lr-every 5 --lr-gamma 0.7',
  ),
  small(
    'lars',
    '--batch-schedule 0:50,5:100 --optimizer lars --weight-decay 1e-4 --dropout 0.2 --class-weights balanced --lr-schedule polynomial --warmup-steps 50',
  ),
  small(
    'lamb',
    '--batch-size 50 --optimizer lamb --weight-decay 0.01 --dropout 0.2 --input-dropout 0.1 --input-noise 0.1 --label-smoothing 0.1 --monitor accuracy --lr-schedule cosine --warmup-epochs 2 --noise-scale',
  ),
  small(
    'labels',
    '--target few,half,many --task multilabel --class-weights balanced --batch-size 50 --optimizer adam --dropout 0.2 --label-smoothing 0.1 --monitor f1 --metrics f1,subset-accuracy --lr-schedule plateau --lr-patience 1',
    labelTable(),
  ),
  whole('rprop', '--dropout 0.1 --input-noise 0.1 --label-smoothing 0.1 --monitor loss'),
  whole('lbfgs', '--history 4 --l2 1e-4 --class-weights balanced --label-smoothing 0.1 --monitor accuracy'),
];

function small(name: string, options: string, table: string | null = null): Case {
  return { name, options: `${NETWORK} ${options}`, table, epochsPerKill: SMALL_BATCHES };
}

function whole(name: string, options: string): Case {
  const rule = `--optimizer ${name} --batch-size full`;
  return { name, options: `${NETWORK} ${rule} ${options}`, table: null, epochsPerKill: WHOLE_BATCHES };
}

/** Three labels that a tenth of the rows have, half of them, and nine in ten. */
function labelTable(): string {
  const random = new Random(1, 'probe');
  const lines = Array.from({ length: 1000 }, (_, i) => {
    const [a, b, c] = [0, 1, 2].map(k => random.normal(3 * i + k)) as [number, number, number];
    return [a, b, c, Number(a + b > 1.8), Number(b > c), Number(c - a > -1.8)].join(',');
  });
  return `${['a,b,c,few,half,many', ...lines].join('\n')}\n`;
}
