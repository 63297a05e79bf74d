/** Quality of predictions on a set of rows: plain data. */
export interface Judgement {
  /** E of the rows, by `reduction`, without the L2 term; in training with class weights and smoothed targets. */
  loss: number;
  /** Share of correct rows, or labels, weighted by the rows' own weights; null for regression. */
  accuracy: number | null;
  /** √(mean (y − ŷ)²) over rows and outputs, in the targets' own units; null for classes. */
  rmse: number | null;
  /** Other requested figures by name; null if one is not defined on these rows. */
  metrics?: Readonly<Record<string, number | null>>;
}
