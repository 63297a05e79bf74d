/**
 * The trainings that are killed: one for each update rule and one with labels. Together they cover everything
 * that a checkpoint stores and that the rest of a training depends on: the state of the rule, plateau counts,
 * changing batch sizes, the best epoch and its weights, sums of the current epoch, and the positions in the
 * random streams of dropout, noise, weights and row order.
 */
import { Random } from '../../../src/random.js';

export interface Case {
  name: string;
  /** As typed on the command line. */
  options: string;
  /** CSV of the training rows; null for synthetic ones. */
  table: string | null;
  /** Enough epochs that a training does not finish before it was killed often enough. */
  epochsPerKill: number;
}

/** About 85,000 parameters, so that a checkpoint is being written for a large part of the time. */
const NETWORK = '--hidden 256,256 --validation 0.2 --backend wasm --checkpoint-every 7';
/** 16 steps per epoch, each of about a millisecond. */
const SMALL_BATCHES = 30;
/** One step per epoch, of about 8 ms; L-BFGS takes one or a few evaluations for each. */
const WHOLE_BATCHES = 100;

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

/** Three labels, of which a tenth, half and nine tenths of the rows are positive. */
function labelTable(): string {
  const random = new Random(1, 'probe');
  const lines = Array.from({ length: 1000 }, (_, i) => {
    const [a, b, c] = [0, 1, 2].map(k => random.normal(3 * i + k)) as [number, number, number];
    return [a, b, c, Number(a + b > 1.8), Number(b > c), Number(c - a > -1.8)].join(',');
  });
  return `${['a,b,c,few,half,many', ...lines].join('\n')}\n`;
}
