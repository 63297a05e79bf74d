/** Against a small server of the REST API that keeps what it gets, as MLflow's own does. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { MLflow } from '../../src/views/mlflow.js';
import { Views } from '../../src/views/views.js';
import { BEGAN, recordOf, runOf } from './files.js';
import { writeRun } from './folder.js';

interface Kept {
  name: string;
  status: string;
  tags: Record<string, string>;
  params: Record<string, string>;
  metrics: { key: string; step: number; value: number; timestamp: number }[];
}

let server: Server;
afterEach(() => server.close());

/** @param refuse answers with 403 if it returns true for a call */
async function serve(refuse: (path: string) => boolean = () => false) {
  const experiments: string[] = [];
  const runs: Kept[] = [];
  const seen: { path: string; authorization: string | undefined }[] = [];
  // biome-ignore lint/suspicious/noExplicitAny: the body of any call.
  type Body = Record<string, any>;
  const answers: Record<string, (body: Body, query: URLSearchParams) => unknown> = {
    'experiments/get-by-name': (_, query) => {
      const id = experiments.indexOf(query.get('experiment_name')!);
      return id < 0 ? null : { experiment: { experiment_id: String(id) } };
    },
    'experiments/create': ({ name }) => ({ experiment_id: String(experiments.push(name) - 1) }),
    'runs/search': ({ filter }) => {
      const id = /^tags\.`lockstep\.id` = '(\w+)'$/.exec(filter)![1];
      const found = runs.filter(({ tags }) => tags['lockstep.id'] === id);
      const of = (run: Kept) => ({
        info: { run_id: String(runs.indexOf(run)) },
        data: { metrics: run.metrics },
      });
      return { runs: found.map(of) };
    },
    'runs/create': ({ run_name, tags }) => {
      const pairs = tags.map(({ key, value }: Body) => [key, value]);
      runs.push({
        name: run_name,
        status: 'RUNNING',
        tags: Object.fromEntries(pairs),
        params: {},
        metrics: [],
      });
      return { run: { info: { run_id: String(runs.length - 1) } } };
    },
    'runs/log-batch': ({ run_id, params = [], metrics = [], tags = [] }) => {
      const run = runs[run_id]!;
      run.metrics.push(...metrics);
      for (const { key, value } of params) run.params[key] = value;
      for (const { key, value } of tags) run.tags[key] = value;
      return {};
    },
    'runs/update': ({ run_id, status }) => {
      runs[run_id]!.status = status;
      return {};
    },
  };
  server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://here');
    const path = pathname.replace('/api/2.0/mlflow/', '');
    seen.push({ path, authorization: request.headers.authorization });
    let text = '';
    for await (const part of request) text += part;
    const answer = refuse(path) ? null : answers[path]!(text === '' ? {} : JSON.parse(text), searchParams);
    response.statusCode = answer !== null ? 200 : path === 'experiments/get-by-name' ? 404 : 403;
    response.end(JSON.stringify(answer ?? { error_code: 'NO' }));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`http://127.0.0.1:${port}`), experiments, runs, seen };
}

it('creates experiment and run, and sends options, epochs and the end', async () => {
  const { url, experiments, runs } = await serve();
  const view = new MLflow(url, 'houses', 'runs/first');
  await view.begin(runOf([1]));
  await view.add([recordOf(2)]);
  await view.end('finished', runOf([1, 2]));
  expect(experiments).toEqual(['houses']);
  expect(runs).toHaveLength(1);
  const [run] = runs;
  expect(run).toMatchObject({
    name: 'first',
    status: 'FINISHED',
    params: { lr: '0.5', hidden: '[32]', rows: '1000' },
  });
  expect(run!.tags['lockstep.stopped']).toBe('epochs');
  const losses = run!.metrics.filter(({ key }) => key === 'loss/validation');
  expect(losses).toEqual([
    { key: 'loss/validation', value: 1.5, step: 10, timestamp: Date.parse(BEGAN) + 500 },
    { key: 'loss/validation', value: 0.75, step: 20, timestamp: Date.parse(BEGAN) + 1000 },
  ]);
});

it('continues the run of an earlier session without sending a step twice', async () => {
  const { url, runs } = await serve();
  const first = new MLflow(url, 'lockstep', 'runs/first');
  await first.begin(runOf([1, 2, 3]));
  const resumed = new MLflow(url, 'lockstep', 'moved/first');
  await resumed.begin(runOf([1, 2]));
  expect(runs[0]!.status).toBe('RUNNING');
  await resumed.add([recordOf(3)]);
  await resumed.add([recordOf(4)]);
  await resumed.end('interrupted', { ...runOf([]), summary: null });
  expect(runs).toHaveLength(1);
  const steps = runs[0]!.metrics.filter(({ key }) => key === 'epoch').map(({ step }) => step);
  expect(steps).toEqual([10, 20, 30, 40]);
  expect(runs[0]!.status).toBe('KILLED');
});

it('sends the name and password of the address, and shows neither', async () => {
  const { url, seen } = await serve();
  const secret = new URL(url.href);
  Object.assign(secret, { username: 'anne', password: 'p w' });
  const view = new MLflow(secret, 'lockstep', 'runs/first');
  await view.begin(runOf([]));
  expect(new Set(seen.map(({ authorization }) => authorization))).toEqual(
    new Set([`Basic ${Buffer.from('anne:p w').toString('base64')}`]),
  );
  expect(`${view.name} ${view.address}`).not.toContain('p%20w');
});

it('reports once that a server is away or refuses, and continues', async () => {
  const run = writeRun(runOf([1]));
  const { url, runs } = await serve(path => path === 'runs/log-batch');
  for (const [address, problem] of [
    [url, /^runs\/log-batch: status 403/],
    [new URL('http://127.0.0.1:1'), /ECONNREFUSED|bad port/],
  ] as const) {
    const problems: string[] = [];
    const views = new Views(run, [new MLflow(address, 'lockstep', run)], (_, text) => problems.push(text));
    await views.begin();
    for (const epoch of [2, 3, 4]) views.add(recordOf(epoch));
    await views.end('finished');
    expect(problems).toEqual([expect.stringMatching(problem)]);
  }
  expect(runs[0]!.metrics).toEqual([]);
});

it('does not wait for a server that does not answer', async () => {
  const run = writeRun(runOf([1]));
  server = createServer(() => {});
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const problems: string[] = [];
  const view = new MLflow(new URL(`http://127.0.0.1:${port}`), 'lockstep', run);
  const views = new Views(run, [view], (_, text) => problems.push(text));
  await views.begin();
  views.add(recordOf(2));
  await views.end('finished', 50);
  expect(problems).toEqual(['it takes too long']);
  server.closeAllConnections();
});
