/** How good predictions are, as it travels between the rooms: plain data. */

/** How good predictions are on a set of rows. */
export interface Judgement {
  /** E of the rows, reduced as asked, without the L2 term; in training by the weights of classes and smoothed targets. */
  loss: number;
  /** Part of the rows, or of their labels, that are right, each by the row's own weight; null for regression. */
  accuracy: number | null;
  /** √(mean (y − ŷ)²) over rows and outputs, in the targets' own units; null for classes. */
  rmse: number | null;
  /** Further figures by their names, where they were asked for; null where one is not defined on these rows. */
  metrics?: Readonly<Record<string, number | null>>;
}
