/**
 * The Universal Scalability Law (Gunther, Guerrilla Capacity Planning, 2007): throughput of N workers that
 * queue for shared resources (α) and exchange data with each other (β). Fitted by bounded least squares with
 * the Levenberg–Marquardt algorithm. Pure functions.
 */
import { levenbergMarquardt } from 'ml-levenberg-marquardt';
import { covariance, leastSquares } from './least-squares.js';
import type { Observation } from './observation.js';

/** γ: throughput of one worker; α: contention; β: coherency. */
type UslParameters = [gamma: number, alpha: number, beta: number];

export interface UslFit {
  parameters: UslParameters;
  /** For γ, α and β, with a row and a column of zeros for a parameter at its bound. */
  covariance: number[][];
  /** Which of γ, α and β are free, that is within their bounds. */
  free: boolean[];
  /** Σ (observed − predicted)² */
  squares: number;
  degreesOfFreedom: number;
}

/** X(N) = γ N / (1 + α (N − 1) + β N (N − 1)) */
export function uslThroughput(workers: number, [gamma, alpha, beta]: UslParameters): number {
  return (gamma * workers) / (1 + alpha * (workers - 1) + beta * workers * (workers - 1));
}

/** ∂X/∂γ, ∂X/∂α, ∂X/∂β */
export function uslGradient(workers: number, [gamma, alpha, beta]: UslParameters): number[] {
  const below = 1 + alpha * (workers - 1) + beta * workers * (workers - 1);
  const common = (-gamma * workers * (workers - 1)) / below ** 2;
  return [workers / below, common, common * workers];
}

/**
 * N* = √((1 − α)/β), where throughput is highest; null without coherency cost, because it then never falls.
 */
export function uslPeak([, alpha, beta]: UslParameters): number | null {
  return beta > 0 ? Math.sqrt((1 - alpha) / beta) : null;
}

/** Possible states of α and β: free, or fixed at a bound. */
const HOLDS = [null, 0, 1] as const;

/**
 * Least squares with γ ≥ 0 and 0 ≤ α, β ≤ 1. A minimum within bounds is a free minimum of the parameters that
 * are not at a bound, so each choice of those is fitted, and the best that respects the bounds is taken.
 * Clipping at the bounds in each iteration, as such solvers do, can end elsewhere.
 */
export function fitUsl(observations: readonly Observation[]): UslFit {
  const fits = HOLDS.flatMap(alpha => HOLDS.map(beta => fitFree(observations, alpha, beta)));
  const possible = fits.filter(
    ({ parameters: [gamma, alpha, beta] }) =>
      gamma >= 0 && alpha >= 0 && alpha <= 1 && beta >= 0 && beta <= 1,
  );
  return possible.reduce((best, fit) => (fit.squares < best.squares ? fit : best));
}

/** Least squares without bounds for γ and the parameters that are not fixed. */
function fitFree(observations: readonly Observation[], alpha: number | null, beta: number | null): UslFit {
  const free = [true, alpha === null, beta === null];
  const unit = Math.max(...observations.map(({ value }) => value));
  const scaled = observations.map(({ workers, value }) => ({ workers, value: value / unit }));
  const x = scaled.map(({ workers }) => workers);
  const y = scaled.map(({ value }) => value);
  const complete = (values: number[]): UslParameters => {
    const rest = values.slice(1);
    return [values[0]!, alpha ?? rest.shift()!, beta ?? rest.shift()!];
  };
  const { parameterValues } = levenbergMarquardt(
    { x, y },
    values => n => uslThroughput(n, complete(values)),
    {
      initialValues: linearGuess(scaled, alpha, beta).filter((_, i) => free[i]),
      jacobianFunction: values => n => uslGradient(n, complete(values)).filter((_, i) => free[i]),
      maxIterations: 500,
      errorTolerance: 0,
      improvementThreshold: 0,
    },
  );
  const [gamma, ...coefficients] = complete(parameterValues);
  const parameters: UslParameters = [gamma * unit, ...coefficients];
  const squares = observations.reduce(
    (sum, { workers, value }) => sum + (value - uslThroughput(workers, parameters)) ** 2,
    0,
  );
  const degreesOfFreedom = observations.length - parameterValues.length;
  const jacobian = x.map(workers => uslGradient(workers, parameters));
  const variance = degreesOfFreedom > 0 ? squares / degreesOfFreedom : 0;
  return { parameters, free, squares, degreesOfFreedom, covariance: covariance(jacobian, free, variance) };
}

/**
 * The same by linear least squares: N/X = 1/γ + α/γ (N − 1) + β/γ N (N − 1), with each row weighted by X²/N,
 * because an error of X is that of N/X times X²/N. The result is close enough to the minimum for the solver,
 * which may not converge from farther away.
 */
function linearGuess(
  observations: readonly Observation[],
  alpha: number | null,
  beta: number | null,
): UslParameters {
  const rows = observations.map(({ workers: n, value }) => {
    const weight = value ** 2 / n;
    const constant = 1 + (alpha ?? 0) * (n - 1) + (beta ?? 0) * n * (n - 1);
    const columns = [constant, ...(alpha === null ? [n - 1] : []), ...(beta === null ? [n * (n - 1)] : [])];
    return { columns: columns.map(column => column * weight), right: value };
  });
  const [first, ...rest] = leastSquares(
    rows.map(({ columns }) => columns),
    rows.map(({ right }) => right),
  );
  const next = (held: number | null) => held ?? rest.shift()! / first!;
  return [1 / first!, next(alpha), next(beta)];
}
