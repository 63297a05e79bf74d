// In the style of a notebook: numbered cells, each of which prints what it has found.
import { readFileSync } from 'node:fs';
import { fit, load } from 'lockstep';

console.log('1. Load a table: each row an object with a cell for each column');
const [columns, ...lines] = readFileSync(new URL('iris.csv', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const names = columns.split(',');
const rows = lines.map(line => Object.fromEntries(line.split(',').map((cell, i) => [names[i], cell])));
console.table(rows.slice(0, 3));

console.log('2. Hold out every fifth row, and fit the others');
const held = rows.filter((_, i) => i % 5 === 0);
const others = rows.filter((_, i) => i % 5 !== 0);
const model = await fit(others, { target: 'species', hidden: [16], learningRate: 0.01, epochs: 100 });

console.log('3. Look at the columns as the model reads them');
console.table(model.encoding.columns, ['name', 'kind', 'mean', 'deviation']);
console.log('classes:', model.classes);

console.log('4. Judge the model on the held-out rows');
const { accuracy, loss } = await model.evaluate(held);
console.log(`${(100 * accuracy).toFixed(1)} % of ${held.length} rows are right, log-loss ${loss.toFixed(3)}`);

console.log('5. Explain: how much of the accuracy is lost if the cells of a column are those of other rows');
const share = given =>
  model.predict(given).filter((answer, i) => answer === held[i].species).length / held.length;
const importance = name => {
  const shifts = held
    .slice(1)
    .map((_, shift) =>
      share(held.map((row, i) => ({ ...row, [name]: held[(i + shift + 1) % held.length][name] }))),
    );
  return accuracy - shifts.reduce((sum, one) => sum + one) / shifts.length;
};
console.table(Object.fromEntries(model.inputs.map(name => [name, Number(importance(name).toFixed(3))])));

console.log('6. Save the model, and load it elsewhere');
const path = process.argv[2] ?? 'notebook.safetensors';
await model.save(path);
const loaded = await load(path);
console.log(`${path} predicts ${loaded.predict(held.slice(0, 1))[0]} for the first row`);
