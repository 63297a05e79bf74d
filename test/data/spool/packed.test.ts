import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readRows } from '../../../src/data/rows.js';
import { loadTrain, makeFolder, refusal } from '../files.js';

const folder = makeFolder();

/** a,y and two rows, compressed by zstd 1.5, bzip2 1.0 and Info-ZIP 3.0, with checksums. */
const PACKED = {
  zst: 'KLUv/WQ1AJ0EAOIJFhKgJc0BP7qqDrLeJGTl1vhf6zDSMO7gHvfddtcusolskj1kC+pBH/269dbFmliT9bAWpAN60EcbXV7DaTiHz3AxczCP+WabKw3jkgabpKGmNPCRBrGQwIAiIIAzDzJubEOGI0YaMcKIDW3IcKMNIYMEESTIGDe0IYMbqyaqJYkliCWHJYYdhR2EHYMdFSt6ApbZRBA=',
  bz2: 'QlpoOTFBWSZTWXYUgQ0AAJnZgAAQAAV/4CAAACAwAKsxEyaNtUAUan/qqPUPJAlT9UeqN6lDJ4Zms2H1vndZffOgBQQAAZAuABj2p14kEEANDgDAF1zW4ib7ua73qoooosZFlttvaKKKLm5rEUUUWSazm3u26wegYOa5zrBJIvAFT2ZQlNmmZmIhJUkkr4+LuSKcKEg7CkCGgA==',
  zip: 'UEsDBBQAAAAIAJpLfl1i/m4nigAAADUBAAAJAAAAdGFibGUuY3N2Hc/JDQMxDEPR+9TyEVirPeWkjHQfixde+CCIX37PYn3qMfymkzeDvpmcm4VN3dj0GxtwsBEvNsQWrhP3xiBzfJQFPswSlytCrgm5TcgdQu4lxvkix7mReup+Nc6DHOdJyhUl15TcpuQOJfdS42LR48LoceG0Zt6d4yJpuWLLNVtus+UOW+5lj/sDUEsBAh4DFAAAAAgAmkt+XWL+bieKAAAANQEAAAkAAAAAAAAAAQAAAKSBAAAAAHRhYmxlLmNzdlBLBQYAAAAAAQABADcAAACxAAAAAAA=',
};
const SEVERAL =
  'UEsDBBQAAAAIAJpLfl1i/m4nigAAADUBAAAFAAAAYS5jc3Ydz8kNAzEMQ9H71PIRWKs95aSMdB+LF174IIhffs9ifeox/KaTN4O+mZybhU3d2PQbG3CwES82xBauE/fGIHN8lAU+zBKXK0KuCblNyB1C7iXG+SLHuZF66n41zoMc50nKFSXXlNym5A4l91LjYtHjwuhx4bRm3p3jImm5Yss1W26z5Q5b7mWP+wNQSwMEFAAAAAgAmkt+XWL+bieKAAAANQEAAAUAAABiLmNzdh3PyQ0DMQxD0fvU8hFYqz3lpIx0H4sXXvggiF9+z2J96jH8ppM3g76ZnJuFTd3Y9BsbcLARLzbEFq4T98Ygc3yUBT7MEpcrQq4JuU3IHULuJcb5Ise5kXrqfjXOgxznScoVJdeU3KbkDiX3UuNi0ePC6HHhtGbeneMiabliyzVbbrPlDlvuZY/7A1BLAwQKAAAAAACaS35dAAAAAAAAAAAAAAAACQAAAF9fTUFDT1NYL1BLAwQKAAAAAACaS35dHwjqRgIAAAACAAAAEAAAAF9fTUFDT1NYLy5fYS5jc3Z4ClBLAQIeAxQAAAAIAJpLfl1i/m4nigAAADUBAAAFAAAAAAAAAAEAAACkgQAAAABhLmNzdlBLAQIeAxQAAAAIAJpLfl1i/m4nigAAADUBAAAFAAAAAAAAAAEAAACkga0AAABiLmNzdlBLAQIeAwoAAAAAAJpLfl0AAAAAAAAAAAAAAAAJAAAAAAAAAAAAEADtQVoBAABfX01BQ09TWC9QSwECHgMKAAAAAACaS35dHwjqRgIAAAACAAAAEAAAAAAAAAABAAAApIGBAQAAX19NQUNPU1gvLl9hLmNzdlBLBQYAAAAABAAEANsAAACxAQAAAAA=';
/** The same rows in two streams, one after the other. */
const TWICE = {
  zst: 'KLUv/WQxAFUEAKLJEwygVwdGKI3yP1UFxgNSIO5xi/tuu2sX2UQ2yR6yA/XRRb9uvXWxJtZkPawD6UEL+mijy2s4DefwGR5mHrOYb7a5UiAuKbBJCmpKAR8pCIciIIAzDzJubEOGI0YaMcKIDW3IcKMNIYMEESTIGDe0IYMbqyaqJYkliCWHJYYdhR2EHYMdESt6Alzxw5MotS/9ZDEAVQQAoskTDKBXB0YojfI/VQXGA1Ig7nGL+267axfZRDbJHrID9dFFv269dbEm1mQ9rAPpQQv6aKPLazgN5/AZHmYes5hvtrlSIC4psEkKakoBHykIhyIggDMPMm5sQ4YjRhoxwogNbchwow0hgwQRJMgYN7QhgxurJqoliSWIJYclhh2FHYQdgx0RK3oCXPHDkw==',
  bz2: 'QlpoOTFBWSZTWeOfpKMAADxYAAAQAAV/4DAAqzEAjbVAUZ+qpieUCVP1R6qZ+lTCZmdrg53xuOd8AGBIABsCgANSRHZ2CCAGhIGAVSriN3y+d133yoooosZFlttvSKKKLu7rEUUUWSc3u3q280egaM5mftEki5mCyHZSlbtd3eqqkklmZ8XckU4UJDjn6SjAQlpoOTFBWSZTWeOfpKMAADxYAAAQAAV/4DAAqzEAjbVAUZ+qpieUCVP1R6qZ+lTCZmdrg53xuOd8AGBIABsCgANSRHZ2CCAGhIGAVSriN3y+d133yoooosZFlttvSKKKLu7rEUUUWSc3u3q280egaM5mftEki5mCyHZSlbtd3eqqkklmZ8XckU4UJDjn6SjA',
};

/** Position of the compressed data in the zip. */
const ZIP_DATA = [39, 177];

const bytes = (base64: string) => Buffer.from(base64, 'base64');
const kinds = Object.keys(PACKED) as (keyof typeof PACKED)[];

function write(name: string, contents: Uint8Array): string {
  const path = join(folder.path, name);
  writeFileSync(path, contents);
  return path;
}

describe('a compressed table is read', () => {
  it.each(kinds)('%s', async kind => {
    const data = await loadTrain(write(`table.csv.${kind}`, bytes(PACKED[kind])));
    expect([data.rows, data.features, data.source]).toEqual([40, 1, join(folder.path, `table.csv.${kind}`)]);
  });

  it.each(kinds)('%s, whatever its name', async kind => {
    const data = await loadTrain(write(`misnamed-${kind}.csv`, bytes(PACKED[kind])));
    expect(data.rows).toBe(40);
  });

  it.each(kinds)('%s within gzip', async kind => {
    const data = await loadTrain(write(`twice.csv.${kind}.gz`, gzipSync(bytes(PACKED[kind]))));
    expect(data.rows).toBe(40);
  });

  it.each(['zst', 'bz2'] as const)('%s of two streams', async kind => {
    const data = await loadTrain(write(`two.csv.${kind}`, bytes(TWICE[kind])), {
      header: false,
      target: ['column1'],
    });
    expect(data.rows).toBe(80);
  });

  it('by the name of the file inside a zip', async () => {
    expect((await loadTrain(write('download.zip', bytes(PACKED.zip)))).rows).toBe(40);
  });

  it('each file of a pattern', async () => {
    folder.write('many/.keep', '');
    write('many/1.csv.bz2', bytes(PACKED.bz2));
    write('many/2.csv.zst', bytes(PACKED.zst));
    expect((await loadTrain(join(folder.path, 'many', '*.csv.*'))).rows).toBe(80);
  });
});

describe('a compressed table is refused', () => {
  it.each(kinds)('%s that was truncated', async kind => {
    const whole = bytes(PACKED[kind]);
    const refused = await refusal(
      loadTrain(write(`cut.csv.${kind}`, whole.subarray(0, whole.length - 9))),
      folder,
    );
    expect(refused.message).toMatch(new RegExp(`^cut\\.csv\\.${kind} is .*damaged, or was cut short: `));
    expect(refused).toMatchObject({ code: 'failed', hint: 'Copy or pack the file again.' });
  });

  it.each(kinds)('%s with any byte of its data or checksum changed', async kind => {
    const whole = bytes(PACKED[kind]);
    // Beyond the header, whose times and names are not verified; for zip, only the data.
    const [begin, end] = { zst: [9, whole.length], bz2: [4, whole.length], zip: ZIP_DATA }[kind] as [
      number,
      number,
    ];
    const right = await loadTrain(write(`right.csv.${kind}`, whole));
    const isEqual = (a: ArrayLike<number>, b: ArrayLike<number>) => String(a) === String(b);
    const outcomes = new Map<number, string>();
    for (let at = begin; at < end; at += 5) {
      const wrong = Uint8Array.from(whole);
      wrong[at]! ^= 0x10;
      const path = write(`wrong.csv.${kind}`, wrong);
      const outcome = await loadTrain(path).then(
        ({ x, y }) => (isEqual(readRows(x), readRows(right.x)) && isEqual(y, right.y) ? 'right' : 'wrong'),
        error => error.code,
      );
      outcomes.set(at, outcome);
    }
    // An unused bit may change.
    const failed = [...outcomes.values()].filter(outcome => outcome === 'failed');
    expect([...outcomes].filter(([, outcome]) => outcome !== 'failed' && outcome !== 'right')).toEqual([]);
    expect(failed.length).toBeGreaterThan(0.9 * outcomes.size);
  });

  it('if a zip contains several files, with their names', async () => {
    const refused = await refusal(loadTrain(write('several.zip', bytes(SEVERAL))), folder);
    expect(refused.message).toBe('several.zip holds 2 files where one table is expected: a.csv, b.csv.');
  });
});
