/**
 * A cache: the encoded rows of a training in one safetensors file, which other programs can read too. Tensors:
 *
 *   training/x, y, …   (rows, width), the training rows in stored order (docs/method.md, "Order of rows"), or that of the file
 *   training/rows      the number of each row in its source, from 1
 *   validation/…       the validation rows, if there are any, in the order of the file
 *   checksums          of the head, then of each block of each tensor before this one (src/kernels/checksum.ts)
 *
 * A block of the training rows has as many rows as those of the order (src/model/row-order.ts); those of the validation rows
 * are smaller. All else of the datasets is in the metadata.
 */
import type { Dataset } from '../../data/dataset.js';
import type { Rows } from '../../data/rows.js';
import type { DataFingerprint } from '../fingerprint.js';
import { type ElementType, VIEWS } from '../tensor.js';
import type { Identity } from './identity.js';

/** Increases when the format changes. */
export const FORMAT = 2;
/** The head is padded to a multiple of these bytes, so that the first array begins where a disk can be read directly. */
export const HEAD_UNIT = 4096;
export const CHECKSUMS = 'checksums';
/** Name of the metadata. */
export const DESCRIPTION = 'lockstep.cache';
export const TABLES = ['training', 'validation'] as const;

/** The arrays of a dataset; those that it may lack are left out. */
export const ARRAYS = ['x', 'y', 'weights', 'truth', 'exactWeights', 'rows'] as const;
export type ArrayName = (typeof ARRAYS)[number];

/** A dataset without its arrays. */
export interface TableFacts {
  data: Omit<Dataset, 'x' | 'y' | 'truth' | 'weights' | 'exactWeights' | 'rowNumbers' | 'kept'>;
  spans: Rows['spans'] | null;
  blockRows: number;
}

/** What a cache holds, as JSON. */
export interface Description {
  format: number;
  key: string;
  identity: Identity;
  fingerprint: DataFingerprint;
  tables: { training: TableFacts; validation: TableFacts | null };
}

/** An array (rows, width) in the file. */
export interface Place {
  name: string;
  type: ElementType;
  rows: number;
  width: number;
  /** From the beginning of the file. */
  offset: number;
}

/** Bytes of one row of an array. */
export function bytesPerRow({ type, width }: Pick<Place, 'type' | 'width'>): number {
  return width * VIEWS[type].BYTES_PER_ELEMENT;
}
