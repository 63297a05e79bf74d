/** Fuzzed parsers of texts: option values, config files, search spaces, journals. */
import { readConfigFile } from '../../../src/config/config-file.js';
import { checkOptions, defaults, writeSettings } from '../../../src/config/settings.js';
import { parseSpace } from '../../../src/config/space.js';
import { readJournal } from '../../../src/store/journal.js';
import { bytes, claim, fileOf, passing, type Target } from './target.js';

/** Lines NAME=VALUE, as the command line reads them. What is accepted is written, and read again, as it was. */
const optionsTarget: Target = {
  seeds: [
    'hidden=128,64\ndropout=0.2,0.5\nlr=0.01\nbatch-size=full',
    'batch-schedule=0:64,10:512\nclass-weights=a=2,b=0.5\nmax-time=1.5h\ncheckpoint-every=10m',
    'target=a,"b,c"\nmetrics=f1,auc\ntarget-metric=accuracy=0.98\nskip-rows=1,2\nseed=9007199254740991',
    'memory=1.5G\nworkers=auto\nshards=4\nactivation=relu,tanh\nvalidation=0.2\nfolds=5',
  ].map(bytes),
  words: [
    '=',
    ',',
    '"',
    'auto',
    'full',
    'none',
    'balanced',
    '1e9',
    '-1',
    '0x10',
    '1G',
    '10m',
    '0:',
    ':',
    'NaN',
    ' ',
  ],
  run: input =>
    passing(async () => {
      const lines = new TextDecoder().decode(input).split('\n');
      const pairs = lines.map((line): [string, string] => [
        line.split('=')[0]!,
        line.slice(line.indexOf('=') + 1),
      ]);
      const given = checkOptions('train', Object.fromEntries(pairs), null);
      const settings = { ...defaults(), ...given };
      const written = writeSettings('train', settings);
      const again = writeSettings('train', {
        ...defaults(),
        ...checkOptions('train', written, 'config.json'),
      });
      claim(
        JSON.stringify(again) === JSON.stringify(written),
        `${JSON.stringify(written)} after writing and reading`,
      );
    }),
};

const configTarget: Target = {
  seeds: [
    bytes('hidden: 128,64\nbatch-size: full\nlr: 0.1\nno-shuffle: true\n'),
    bytes(
      'dropout: [0.5, 0.2]\nclass-weights: {a: 2, b: 0.5}\nbatch-schedule: "0:64,10:512"\nfolds: 5\nmetrics: [f1, auc]\n',
    ),
    bytes('loss: huber\nhuber-delta: 1.5\ntarget: [a, b]\ntarget-metric: accuracy=0.98\nmax-steps: 9\n'),
    bytes('{"options": {"hidden": [10, 10], "activation": ["tanh", "relu"], "seed": 1}, "node": "v20"}'),
    bytes(
      '%YAML 1.1\n---\ntarget: !!str 5\nepochs: 0x1F\nvalidation: .2\nquery: >\n  SELECT *\n  FROM data\n',
    ),
  ],
  words: [
    'options:',
    '&a ',
    '*a',
    '<<: ',
    '!!set',
    '!!omap',
    '!!binary ',
    '? ',
    '__proto__',
    'constructor',
    '|\n ',
    '- ',
    '[',
    '{',
    '# ',
    '%YAML 1.1\n---\n',
  ],
  run: input =>
    passing(async () => {
      const path = fileOf('any.yaml', input);
      const settings = checkOptions('train', (await readConfigFile(path)).options, path);
      claim(Object.getPrototypeOf(settings) === Object.prototype, 'plain settings');
      for (const [key, value] of Object.entries(settings)) claim(value !== undefined, `a value for ${key}`);
    }),
};

const spaceTarget: Target = {
  seeds: [
    'lr=0.001..1 log; hidden=128|128,64; optimizer=sgd|adam; momentum=0.5..0.99 if optimizer=sgd',
    'batch-size=16..64\ndropout=0|0.2|0.4',
  ].map(bytes),
  words: ['..', '|', ';', '=', ' log', ' if ', 'lr', 'hidden', 'optimizer=sgd', '1e-5', '0', '-1'],
  run: input =>
    passing(async () => {
      for (const dimension of parseSpace(new TextDecoder().decode(input))) {
        if (dimension.kind === 'choices') {
          claim(
            new Set(dimension.values.map(value => JSON.stringify(value))).size === dimension.values.length,
            'different values',
          );
          continue;
        }
        claim(dimension.low < dimension.high, `a range that rises, not ${dimension.low}..${dimension.high}`);
        claim(!dimension.log || dimension.low > 0, 'a log range above 0');
      }
    }),
};

const journalTarget: Target = {
  seeds: ['{"kind":"scale","version":1}\n{"point":1}\n{"point":', '[]\n1\nnull\n', ''].map(bytes),
  words: ['\n', '{"', '}', 'null', '\r\n', '\u0000'],
  run: input =>
    passing(async () => {
      const records = await readJournal(fileOf('any.journal', input));
      const ends = new TextDecoder().decode(input).split('\n').length - 1;
      claim(records?.length === ends, `${ends} records, not ${records?.length}`);
    }),
};

export const TEXT_TARGETS: Readonly<Record<string, Target>> = {
  options: optionsTarget,
  config: configTarget,
  space: spaceTarget,
  journal: journalTarget,
};
