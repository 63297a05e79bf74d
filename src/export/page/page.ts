/**
 * The model as one HTML page: a form for one row, and a place for a file of rows. It has everything in it, and its content
 * security policy forbids the browser to load or send anything.
 */
import { escapeText } from '../../report/html.js';
import { bundle, moduleText } from '../code/module.js';
import type { Feature, Input, PixelFeature, Program } from '../program.js';

/** Inline script and style and nothing else. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const STYLE = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
form { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: .75rem; }
label { display: grid; gap: .25rem; overflow-wrap: anywhere; }
input, select, textarea, button { font: inherit; padding: .25rem .5rem; }
button { grid-column: 1 / -1; justify-self: start; }
#drop { border: 2px dashed; border-radius: .5rem; padding: 1rem; }
#table { overflow-x: auto; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid #8884; padding: .25rem .75rem; text-align: left; }
.note { border-left: 4px solid #c60; padding-left: .75rem; }
`;

const MODEL_OPENING = '<script type="module" id="model">';

/** The whole page. */
export function pageText(program: Program, title: string, madeBy: string): string {
  const model = `${moduleText(program, madeBy)}\nglobalThis.lockstepModel = { predict, inputs };\n`;
  const script = `${bundle(['export/page/csv.js', 'export/page/script.js'])}\nscriptFile.start(globalThis.lockstepModel);`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="${escapeText(madeBy)}">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeText(title)}</h1>
<p>${escapeText(describe(program))}</p>
<h2>One row</h2>
<form id="row">
${fieldsOf(program)}
<button>Predict</button>
</form>
<div id="answer" role="status"></div>
<h2>A file of rows</h2>
<p id="drop">Drop a CSV file here, or <label>choose one <input type="file" id="file" accept=".csv,.tsv,.txt"></label></p>
<div id="table"></div>
<footer><p>Made by ${escapeText(madeBy)}. This file is self-contained: it loads nothing and sends nothing.</p></footer>
${MODEL_OPENING}
${inScript(model)}</script>
<script type="module">
${inScript(script)}
</script>
</body>
</html>
`;
}

/** The script with the model, as a module that can be imported. */
export function modelScript(page: string): string {
  const begin = page.indexOf(MODEL_OPENING) + MODEL_OPENING.length;
  return page.slice(begin, page.indexOf('</script>', begin));
}

/** In a string of JavaScript \\u003c is <, and an HTML parser sees no tag. Outside strings, no < is followed by these. */
function inScript(text: string): string {
  return text.replace(/<(?=!--|\/?script)/gi, '\\u003c');
}

function describe({ members, output, inputs, features }: Program): string {
  const [layers] = members as [Program['members'][number]];
  const sizes = [layers[0]!.inputs, ...layers.map(({ outputs }) => outputs)].join(', ');
  const network = members.length === 1 ? 'a network' : `the mean of ${members.length} networks`;
  const from =
    inputs.length > 0 ? `${inputs.length} columns` : `${(features[0] as { count: number }).count} pixels`;
  const what =
    output.kind === 'classes'
      ? `${output.name}, one of ${output.classes.length} classes`
      : output.names.slice(0, 20).join(', ');
  return `Predicts ${what}, from ${from}, with ${network} of layers ${sizes}.`;
}

function fieldsOf({ inputs, features }: Program): string {
  if (inputs.length === 0) {
    const { count, bytes } = features[0] as PixelFeature;
    return `<label>${count} pixels${bytes ? ' from 0 to 255' : ''}, row by row<textarea name="pixels" rows="6"></textarea></label>`;
  }
  return inputs
    .map((input, i) => fieldOf(input, features.find(one => 'input' in one && one.input === i)!))
    .join('\n');
}

/** A list of a category's values, or a field whose placeholder is a usual number. */
function fieldOf({ name, kind }: Input, feature: Feature): string {
  const label = escapeText(name);
  if (feature.kind === 'category') {
    const options = feature.values.map(
      value => `<option value="${escapeText(value)}">${escapeText(value || '(missing)')}</option>`,
    );
    return `<label>${label}<select name="${label}">${options.join('')}</select></label>`;
  }
  const usual =
    kind === 'number' && feature.kind === 'number' ? String(Number(feature.mean.toPrecision(4))) : '';
  const hint = { number: usual, boolean: 'yes or no', date: '2024-01-31', text: '' }[kind];
  return `<label>${label}<input name="${label}" placeholder="${escapeText(hint)}" autocomplete="off"></label>`;
}
