/**
 * Ensembles: networks of one description, trained apart, whose predictions are averaged. Their weights lie one after the other in
 * one array, so that a single network is an ensemble of one. Pure.
 */
import { usageError } from '../errors.js';
import { option } from '../option-names.js';
import { countParameters, type Network } from './network.js';

/** The seed of a member, counted from 1: that of the ensemble, and 1 more for each member before it. */
export function seedOf(seed: number, member: number): number {
  return seed + (member - 1);
}

/** @throws usage if the last members would have seeds that are not exact, so that two would be the same */
export function checkSeeds(seed: number, members: number): void {
  const most = Number.MAX_SAFE_INTEGER - (members - 1);
  if (seed <= most) return;
  throw usageError(
    `${option('seed')}: expected at most ${most}, because ${option('ensemble', members)} takes the seeds after it too, got ${seed}.`,
    `Try ${option('seed', 1)}.`,
  );
}

/** The weights of each member: views. */
export function membersOf(network: Network, weights: Float32Array): Float32Array[] {
  const size = countParameters(network);
  return Array.from({ length: Math.max(1, Math.floor(weights.length / size)) }, (_, i) =>
    i === 0 && weights.length <= size ? weights : weights.subarray(i * size, (i + 1) * size),
  );
}

/** The weights of all members, in one array. */
export function joinMembers(members: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(members.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const weights of members) {
    joined.set(weights, at);
    at += weights.length;
  }
  return joined;
}

/** ŷ of an ensemble: Σ ŷ of the members in float64 and in their order, divided by how many there are. */
export function meanPrediction(members: readonly Float64Array[]): Float64Array {
  const [first, ...others] = members;
  if (others.length === 0) return first!;
  const mean = first!.slice();
  for (const yHat of others) for (let i = 0; i < mean.length; i++) mean[i]! += yHat[i]!;
  for (let i = 0; i < mean.length; i++) mean[i]! /= members.length;
  return mean;
}
