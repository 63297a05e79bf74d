/** From measurements on tables to figures: ranks and means of each method. Pure. */

/** One method on one split of one table. */
export interface Measurement {
  table: string;
  split: number;
  method: string;
  /** Share of wrong classes, or root mean squared error. */
  error: number;
  /** Log-loss; null if the target is a number. */
  loss: number | null;
  /** Of the training. */
  seconds: number;
}

/** A method on all tables of a task. */
export interface Summary {
  method: string;
  /** 1 is the best; methods that are equal share their ranks. */
  rank: number;
  lossRank: number | null;
  /** Shifted geometric mean of the errors; numbers: of the errors divided by those of a constant. */
  mean: number;
  lossMean: number | null;
  /** Splits on which it is worse than a constant. */
  belowConstant: number;
  /** Geometric mean. */
  seconds: number;
}

/** Keeps tables that are almost learned from deciding the mean. */
const SHIFT = 0.01;
const CONSTANT = 'constant';

/** Figures of each method over the splits that every method has, by rank. */
export function summarize(all: readonly Measurement[]): { summaries: Summary[]; tables: number } {
  const methods = [...new Set(all.map(({ method }) => method))];
  const splits = new Set(all.map(({ table, split }) => `${table} ${split}`));
  const common = [...splits]
    .map(name => all.filter(({ table, split }) => name === `${table} ${split}`))
    .filter(group => group.length === methods.length);
  const tables = new Set(common.flat().map(({ table }) => table));
  const summaries = methods.filter(method => method !== CONSTANT).map(method => summaryOf(method, common));
  return { summaries: summaries.sort((a, b) => a.rank - b.rank), tables: tables.size };
}

function summaryOf(method: string, groups: readonly Measurement[][]): Summary {
  const own = groups.map(group => group.find(one => one.method === method)!);
  const rivals = groups.map(group => group.filter(one => one.method !== CONSTANT));
  const constants = groups.map(group => group.find(one => one.method === CONSTANT)!);
  const classes = own[0]!.loss !== null;
  const relative = own.map(({ error }, i) => (classes ? error : error / constants[i]!.error));
  return {
    method,
    rank: mean(
      own.map((one, i) =>
        rankOf(
          one.error,
          rivals[i]!.map(({ error }) => error),
        ),
      ),
    ),
    lossRank: classes
      ? mean(
          own.map((one, i) =>
            rankOf(
              one.loss!,
              rivals[i]!.map(({ loss }) => loss!),
            ),
          ),
        )
      : null,
    mean: shiftedMean(relative, SHIFT),
    lossMean: classes
      ? shiftedMean(
          own.map(({ loss }) => loss!),
          SHIFT,
        )
      : null,
    belowConstant: own.filter(({ error }, i) => error > constants[i]!.error).length,
    seconds: shiftedMean(
      own.map(({ seconds }) => seconds),
      0,
    ),
  };
}

function rankOf(value: number, values: readonly number[]): number {
  const smaller = values.filter(other => other < value).length;
  const equal = values.filter(other => other === value).length;
  return 1 + smaller + (equal - 1) / 2;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** exp(mean of ln(v + shift)) − shift. */
function shiftedMean(values: readonly number[], shift: number): number {
  return Math.exp(mean(values.map(value => Math.log(value + shift)))) - shift;
}
