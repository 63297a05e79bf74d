/** What a page that is published says of the machine it was made on, and how it is cited. */
import { expect, it } from 'vitest';
import { bibtex, citationText } from '../../../src/report/scale/citation.js';
import { studyPage } from '../../../src/report/scale/page.js';
import { withoutFolders } from '../../../src/report/scale/public-text.js';
import { scalingStudy } from './studies.js';

it.each([
  ['lockstep scale /home/me/mnist --out /home/me/studies/a', 'lockstep scale mnist --out a'],
  ["lockstep scale '/home/me/my data/x.csv' --out=/tmp/b/", "lockstep scale 'x.csv' --out=."],
  ['lockstep scale C:\\Users\\me\\x.csv --seconds 3', 'lockstep scale x.csv --seconds 3'],
  ['/opt/openmpi/bin/mpirun --host a,b:2 -np {ranks}', 'mpirun --host a,b:2 -np {ranks}'],
  ['blas (OpenBLAS 0.3.21, /usr/lib/libblas.so.3)', 'blas (OpenBLAS 0.3.21, libblas.so.3)'],
  ['data/train.csv --network 25Gbps,10us', 'data/train.csv --network 25Gbps,10us'],
  ['12,345 samples/s', '12,345 samples/s'],
])('names files without their folders: %s', (text, published) => {
  expect(withoutFolders(text)).toBe(published);
});

it('has no absolute path on the page', () => {
  const study = scalingStudy();
  study.command = 'lockstep scale /home/me/x.csv --out /home/me/studies/a';
  study.configuration.data = '/home/me/x.csv';
  study.configuration.launcher = '/home/me/bin/mpirun -np {ranks}';
  study.machine.backends.blas = 'blas (/home/me/lib/libblas.so)';
  expect(studyPage(study)).not.toContain('home/me');
});

it('is cited with its checksum, and escapes names for TeX', () => {
  const study = scalingStudy({ name: 'AMD_EPYC & 50% {x} ~ \\ ^' });
  expect(citationText(study)).toBe(
    `lockstep 0.1.0: strong scaling study on AMD_EPYC & 50% {x} ~ \\ ^, 8 of 16 logical processors, 2026-11-25. SHA-256 of study.json: ${study.sha256}.`,
  );
  expect(bibtex(study).split('\n')).toEqual([
    '@misc{lockstep-strong-0123456789ab,',
    '  title = {{Strong scaling study on AMD\\_EPYC \\& 50\\% \\{x\\} \\textasciitilde{} \\textbackslash{} \\textasciicircum{}, 8 of 16 logical processors}},',
    '  year = {2026},',
    '  month = {11},',
    '  howpublished = {lockstep 0.1.0, Node.js v20.20.0, Linux 6.1.0 x64},',
    `  note = {SHA-256 of study.json: ${study.sha256}}`,
    '}',
  ]);
});
