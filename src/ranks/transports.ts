/**
 * What the MPI library may move bytes by, as far as that can be seen: from the parts of it that are loaded. Which of them is
 * used depends on the other rank. Linux only.
 */
import { readFileSync } from 'node:fs';

/** Files of Open MPI's plug-ins and of the layers below MPICH, and what people call them. */
const PARTS: readonly (readonly [RegExp, string])[] = [
  [/mca_btl_(vader|sm)\.so/, 'shared memory'],
  [/mca_btl_tcp\.so/, 'TCP'],
  [/mca_btl_openib\.so/, 'InfiniBand verbs'],
  [/mca_mtl_psm2\.so/, 'Omni-Path (PSM2)'],
  [/libuct\.so/, 'UCX'],
  [/libfabric\.so/, 'libfabric'],
];

/** `shared memory`, `TCP`; none if it can't be seen. */
export function loadedTransports(read = readMaps): string[] {
  const maps = read();
  return PARTS.filter(([file]) => file.test(maps)).map(([, name]) => name);
}

function readMaps(): string {
  try {
    return readFileSync('/proc/self/maps', 'utf8');
  } catch {
    return '';
  }
}
