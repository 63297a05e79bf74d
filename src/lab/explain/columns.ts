/** Which features of x come from which column of the data. Pure. */
import type { ColumnEncoding, Encoding } from '../../data/dataset.js';
import { originOf } from '../../data/origins.js';
import { widthOf } from '../../data/table/encode.js';

/** The features [begin, end) of one encoded column. */
export interface EncodedColumn {
  encoding: ColumnEncoding;
  begin: number;
  end: number;
}

/** A column of the data, and all that it becomes: a date may be several encoded columns. */
export interface SourceColumn {
  name: string;
  parts: EncodedColumn[];
}

/** In the order of their first features. */
export function sourceColumns({ columns }: Encoding): SourceColumn[] {
  const found = new Map<string, SourceColumn>();
  let begin = 0;
  for (const encoding of columns) {
    const name = originOf(encoding);
    const end = begin + widthOf(encoding);
    const column = found.get(name) ?? { name, parts: [] };
    column.parts.push({ encoding, begin, end });
    found.set(name, column);
    begin = end;
  }
  return [...found.values()];
}
