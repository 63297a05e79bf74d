/**
 * The file that scripts/oracles/oracle.py writes with PyTorch in float64: what every implementation of the
 * network here, slow or fast, must agree with. Weights and gradients in lockstep's flat layout.
 */
import { readFileSync } from 'node:fs';
import type { Network } from '../src/model/network.js';

/** One network trained for twenty steps of full-batch gradient descent. */
export interface OracleRun {
  network: Network;
  /** Whether y is x, with values from 0 to 1. */
  targetIsInput?: true;
  reduction: 'mean' | 'sum';
  /** λ of ½ λ Σ w², biases excepted. */
  l2: number;
  learningRate: number;
  rows: number;
  /** (rows, m(0)); x and weights are exact in float32. */
  x: number[];
  /** Class numbers (rows) for cross-entropy, else (rows, m(c+1)). */
  y: number[];
  /** Before the first step. */
  weights: number[];
  /** z(1), …, z(c+1) at those weights, each (rows, m(l)). */
  activations: number[][];
  /** ∂E/∂w at those weights, the L2 term included. */
  gradE: number[];
  /** E before each step, its L2 term included. */
  losses: number[];
  /** The same without the L2 term. */
  dataLosses: number[];
  /** After the last step. */
  finalWeights: number[];
}

/** Reads the runs from test/fixtures, under the folder that the tests are started in. */
export function loadOracle(): OracleRun[] {
  return (JSON.parse(readFileSync('test/fixtures/oracle.json', 'utf8')) as { runs: OracleRun[] }).runs;
}

/** What a run is, for the name of a test. */
export function nameRun({ network, reduction, l2 }: OracleRun): string {
  const { layers, hidden, output, loss } = network;
  return `${layers.join('-')} ${[...hidden, output].join(', ')}; ${loss}, ${reduction}${l2 > 0 ? ', L2' : ''}`;
}
