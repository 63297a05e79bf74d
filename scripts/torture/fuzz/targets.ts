/**
 * The fuzzed parsers, each of which takes arbitrary bytes. A run either reads them or refuses them with a
 * LockstepError; anything else thrown is a finding. The property tests use the same targets.
 */
import { ARRAY_TARGETS } from './array-targets.js';
import { CACHE_TARGETS } from './cache-targets.js';
import { CELL_TARGETS } from './cell-targets.js';
import { IMAGE_TARGETS } from './image-targets.js';
import { PACKED_TARGETS } from './packed-targets.js';
import { STORE_TARGETS } from './store-targets.js';
import type { Target } from './target.js';
import { TEXT_TARGETS } from './text-targets.js';

export type { Target } from './target.js';

export const TARGETS: Readonly<Record<string, Target>> = {
  ...IMAGE_TARGETS,
  ...STORE_TARGETS,
  ...CACHE_TARGETS,
  ...ARRAY_TARGETS,
  ...PACKED_TARGETS,
  ...CELL_TARGETS,
  ...TEXT_TARGETS,
};
