// A server that predicts: POST / with a JSON array of rows. Predictions take microseconds, on the server's own thread.
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { fit, LockstepError, load, loadData } from 'lockstep';

const [path, port = 8080] = process.argv.slice(2);
const model = path ? await load(path) : await fitIris();

async function fitIris() {
  const file = fileURLToPath(new URL('iris.csv', import.meta.url));
  const { train, validation } = await loadData(file, { target: ['species'], validation: 0.2 });
  return fit(train, { validation, hidden: [16], learningRate: 0.01, epochs: 50 });
}

const server = createServer(async (request, response) => {
  const answer = (status, body) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  try {
    let text = '';
    for await (const part of request) text += part;
    const rows = JSON.parse(text);
    answer(200, { predictions: model.predict(rows), probabilities: model.predictProbabilities(rows) });
  } catch (error) {
    const isTheirs = error instanceof LockstepError || error instanceof SyntaxError;
    answer(isTheirs ? 400 : 500, { error: isTheirs ? error.message : 'internal error' });
  }
});
server.listen(Number(port), '127.0.0.1', () =>
  console.log(`http://127.0.0.1:${server.address().port} takes ${model.inputs}`),
);
