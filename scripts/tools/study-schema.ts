/**
 * Writes docs/study.schema.json, the JSON Schema of study.json, from the types that src/lab/scale/schema.ts exports, with their
 * comments. Run by `npm run schema`, which installs the generator. A test validates studies against the result.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { STUDY_VERSION } from '../../src/lab/scale/study-header.js';

const HOME = 'scripts/schema';
const TO = 'docs/study.schema.json';
const REFERENCE = '#/definitions/';

/** The part of a schema that is touched here. */
interface Schema {
  definitions: Record<string, unknown>;
}

const generator = createRequire(join(process.cwd(), HOME, 'package.json'))('typescript-json-schema');
const options = { required: true, noExtraProps: true, strictNullChecks: true, ignoreErrors: true };
const compiler = { ...{ module: 'NodeNext', moduleResolution: 'NodeNext', target: 'ES2022' }, strict: true };
const program = generator.getProgramFromFiles(['src/lab/scale/schema.ts'], {
  ...{ ...compiler, exactOptionalPropertyTypes: true, skipLibCheck: true, types: ['node'] },
});
const { $schema, description: _, ...schema } = generator.generateSchema(program, 'Study', options);
const document = {
  $schema,
  $id: `urn:lockstep:study:${STUDY_VERSION}`,
  title: 'study.json of lockstep scale',
  description:
    'Everything that a scaling study measured and computed. Times are in seconds, sizes in bytes, rates per second, fractions and speedups plain numbers; what is missing is null.',
  ...shortened(schema),
};
writeFileSync(TO, `${JSON.stringify(document, null, 1)}\n`);

/** The schema with short names: Sample for import("…/scaling-schema", …).Sample. */
function shortened({ definitions, ...rest }: Schema): object {
  const names = namesOf(Object.keys(definitions));
  const rename = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rename);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref'
        ? `${REFERENCE}${names.get(decodeURIComponent(inner).slice(REFERENCE.length))}`
        : rename(inner),
    ]);
    return Object.fromEntries(entries);
  };
  const renamed = Object.entries(definitions).map(([long, definition]) => [
    names.get(long)!,
    rename(definition),
  ]);
  const sorted = renamed.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  return { ...(rename(rest) as object), definitions: Object.fromEntries(sorted) };
}

/** Each name without the file that exports it; of two that are equal, the second has a number. */
function namesOf(longNames: readonly string[]): Map<string, string> {
  const taken = new Map<string, number>();
  return new Map(
    longNames.map(long => {
      const words = long.replace(/import\([^)]*\)\.|"[^"]*"/g, '').match(/\w+/g) ?? [];
      const name = words.map(word => word[0]!.toUpperCase() + word.slice(1)).join('');
      const times = (taken.get(name) ?? 0) + 1;
      taken.set(name, times);
      return [long, times === 1 ? name : `${name}${times}`];
    }),
  );
}
