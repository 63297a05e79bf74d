// Fits rows of objects, saves the model, loads it, and predicts.
import { fit, load } from 'lockstep';

const rows = Array.from({ length: 300 }, (_, i) => {
  const sugar = (i * 37) % 100;
  const fruit = ['apple', 'lemon', 'pear'][i % 3];
  return { sugar, fruit, taste: fruit === 'lemon' || sugar < 30 ? 'sour' : 'sweet' };
});
const model = await fit(rows, { target: 'taste', validation: 0.2, hidden: [16], epochs: 60 });
await model.save(process.argv[2] ?? 'taste.safetensors');

const loaded = await load(process.argv[2] ?? 'taste.safetensors');
const [answer] = loaded.predict([{ sugar: 80, fruit: 'pear' }]);
const { accuracy } = await loaded.evaluate(rows);
console.log(`a sugary pear is ${answer}; ${(100 * accuracy).toFixed(1)} % of the rows are right`);
