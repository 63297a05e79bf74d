/**
 * What is more than one training: folds, searches, files of predictions. A name, and lines of the command line, the last of
 * which is judged by what it prints. `out/` is a folder of the case's own.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ANSWER, COMMON, KIND, LABELS, PRICES } from './cases.js';
import { readLine, wordsOf } from './lines.js';
import { runCommand } from './run.js';

const SPACE = 'lr=0.001..0.5 log; hidden=4|8,3; optimizer=sgd|adam; momentum=0.5..0.9 if optimizer=sgd';
const OF_SPACE = `--lr usual --hidden usual --optimizer usual --space "${SPACE}"`;

export const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  folds: [`train ${KIND} --folds 3 --out out/run`],
  'folds, numbers': [`train ${PRICES} --folds 3 --out out/run`],
  'folds, labels': [`train ${LABELS} --folds 4 --out out/run`],
  ensemble: [`train ${KIND} --ensemble 3 --out out/run`, 'predict out/run files/held.csv'],
  'find-lr': [`train ${ANSWER} --lr usual --epochs usual --find-lr --lr-steps 20`],
  'find-lr, its range': [
    `train ${KIND} --lr usual --epochs usual --find-lr --lr-low 0.001 --lr-high 20 --lr-steps 30`,
  ],
  'find-lr, weighted rows': [
    `train ${KIND} --weight-column weight --reduction sum --lr usual --epochs usual --find-lr --lr-steps 20`,
  ],
  'tune, random': [`tune ${KIND} --validation 0.25 --trials 4 --metric f1 --out out/run ${OF_SPACE}`],
  'tune, halving': [
    `tune ${KIND} --validation 0.25 --trials 6 --strategy halving --eta 2 --min-epochs 1 --epochs 4 --out out/run ${OF_SPACE} --lr-schedule cosine`,
  ],
  predict: [`train ${KIND} --out out/run`, 'predict out/run files/held.csv'],
  'predict, numbers': [`train ${PRICES} --out out/run`, 'predict out/run files/held.csv'],
  'predict, a hidden layer': [`train ${KIND} --out out/run`, 'predict out/run files/held.csv --layer 1'],
  'predict, refitted': [
    `train ${KIND} --validation 0.25 --refit --out out/run`,
    'predict out/run files/held.csv',
  ],
  'predict, rows dropped': [
    'train files/table.csv --target kind --features x1,gap --missing drop --out out/run',
    'predict out/run files/held.csv --drop-incomplete',
  ],
  evaluate: [`train ${LABELS} --out out/run`, 'evaluate out/run files/held.csv --json'],
  'evaluate, sum': [
    `train ${PRICES} --out out/run`,
    'evaluate out/run files/held.csv --reduction sum --json',
  ],
};

/** Runs the lines of a case on wasm. Returns what is compared of the last. `files`: where files.ts has written the files. */
export async function runLines(lines: readonly string[], files: string): Promise<unknown> {
  const out = mkdtempSync(join(tmpdir(), 'lockstep-bits-'));
  const folders = { 'files/': files, 'out/': out };
  try {
    let outcome: unknown;
    for (const text of lines) {
      const [command = ''] = readLine(text).words;
      const isTraining = command === 'train' || command === 'tune';
      const common = isTraining ? `${COMMON} --quiet --json` : '';
      const line = readLine(text, { folders, common, instead: '--backend wasm' });
      outcome = outcomeOf(command, await runCommand(wordsOf(line)));
    }
    return outcome;
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** A training of folds, or one of --find-lr, as --json prints it. */
interface Trained {
  results?: { weightsSha256: string; loss: number; validation: { loss: number } }[];
  points?: { loss: number }[];
  suggestions?: Record<'steepest' | 'lowest' | 'tenth', number>;
}

interface Tuned {
  best: { number: number };
  trials: { values: object; results: { weightsSha256: string; value: number }[] }[];
}

/** What of a command's output depends on bits, and on nothing else. */
function outcomeOf(command: string, stdout: string): unknown {
  if (command === 'predict') return createHash('sha256').update(stdout).digest('hex');
  const printed = JSON.parse(stdout);
  if (command === 'evaluate') {
    const { rows: _, seconds: __, ...figures } = printed;
    return Object.fromEntries(Object.entries(figures).filter(([, value]) => typeof value === 'number'));
  }
  if (command === 'tune') {
    const { best, trials } = printed as Tuned;
    const results = trials.map(({ values, results }) => ({ values, results: results.map(figuresOf) }));
    return { best: best.number, results };
  }
  const { results, points, suggestions } = printed as Trained;
  if (!points || !suggestions) return results?.map(figuresOf);
  // As they reach the kernels: their float64 differs between versions of Node.js in the last bit. What is suggested is one of them.
  const { steepest, lowest, tenth } = suggestions;
  return { losses: points.map(({ loss }) => loss), rates: [steepest, lowest, tenth].map(Math.fround) };
}

/** The figures of a result, one after the other. */
function figuresOf(result: {
  weightsSha256: string;
  loss?: number;
  value?: number;
  validation?: { loss: number };
}) {
  const { weightsSha256, loss, value, validation } = result;
  return [weightsSha256, value ?? loss, validation?.loss].filter(figure => figure !== undefined);
}
