/** Results of an ensemble as text and as plain data. Pure functions. */
import type { Judgement } from '../model/judgement.js';
import type { BaselineData } from './baseline.js';
import { type FoldSummary, meansData, partsTable } from './folds.js';
import { counted, formatDuration } from './format.js';
import { judgementData } from './judgement.js';

type Figures = Readonly<Record<string, number | null>>;

/** Has the properties of a single training: those of the mean prediction, and means or sums over the members. */
export interface EnsembleSummary extends Readonly<Record<string, unknown>> {
  members: number;
  /** Means of the members' figures on the training rows. */
  training: Judgement;
  /** Of the mean prediction; null without validation rows. */
  validation: Figures | null;
  /** Means of the members' own figures, and their standard deviations. */
  mean: { validation: Figures | null };
  deviation: { validation: Figures | null };
  steps: number;
  seconds: number;
  model: string;
  weightsSha256: string;
  baseline?: BaselineData;
  results: readonly (FoldSummary & { member: number })[];
}

export function ensembleData(
  results: readonly FoldSummary[],
  judged: Judgement | null,
  place: { model: string; weightsSha256: string },
): EnsembleSummary {
  const { training, validation, ...means } = meansData(results);
  const { loss = null, accuracy = null, rmse = null } = training;
  return {
    members: results.length,
    ...training,
    training: { loss: loss ?? Number.NaN, accuracy, rmse },
    validation: judged && judgementData(judged),
    mean: { validation },
    ...means,
    ...place,
    results: results.map((result, i) => ({ member: i + 1, ...result })),
  };
}

/** A warning if members are the same, so that fewer would predict the same; null if all differ. */
export function sameMembersText(results: readonly FoldSummary[]): string | null {
  const { size } = new Set(results.map(result => result.weightsSha256));
  if (size === results.length) return null;
  return (
    `warning: only ${size} of ${counted(results.length, 'member')} differ, because nothing in these options draws by the seed. ` +
    'Try random initial weights, or batches in random order.'
  );
}

/** A line for each member, then their mean, and the figures of the mean prediction. */
export function ensembleText({
  results,
  validation,
  mean,
  members,
  steps,
  seconds,
  model,
  weightsSha256,
}: EnsembleSummary): string {
  const lines = validation
    ? [
        { name: 'mean', figures: mean.validation! },
        { name: 'together', figures: validation },
      ]
    : [];
  const table = partsTable('member', results, lines);
  const notes = [
    ...(validation ? ['together: the figures of the model, whose predictions are the means of theirs.'] : []),
    `${counted(members, 'member')}, ${counted(steps, 'step')} in ${formatDuration(seconds)} of training.`,
    `model   ${model}`,
    `sha256  ${weightsSha256}`,
  ];
  return `${table}\n\n${notes.join('\n')}`;
}
