/**
 * A run on an MLflow server, by its REST API (mlflow.org/docs/latest/rest-api.html): parameters, metrics by step, and tags. The only
 * file that sends anything. What identifies a run is a tag, so that a resumed run, or one that is sent again, is not there twice:
 * only records behind the last that the server has are sent.
 */
import { createHash } from 'node:crypto';
import { failure } from '../errors.js';
import type { RunFiles } from '../store/read-run.js';
import { isPlain, type Plain } from '../store/run-files.js';
import { beginOf, type Point, pointOf, pointsOf, startedAt } from './scalars.js';
import { type Ending, nameOfRun, type View } from './view.js';

const API = 'api/2.0/mlflow';
const TAG = 'lockstep.id';
/** A server that takes longer, in milliseconds, is away. */
const PATIENCE = 15_000;
/** The API takes at most 1,000 metrics and 100 parameters at once, and 500 letters of a parameter. */
const MOST_METRICS = 1000;
const MOST_PARAMS = 100;
const LONGEST_PARAM = 500;

const STATUS = { finished: 'FINISHED', interrupted: 'KILLED', failed: 'FAILED' } as const;

export class MLflow implements View {
  readonly name: string;
  /** The server's, without a password. */
  readonly address: string;

  readonly #headers: Record<string, string>;
  readonly #experiment: string;
  readonly #run: string;
  readonly #dropped = new AbortController();
  #id = '';
  #config: Plain = {};
  /** Steps of the last record that the server has. */
  #sent = -1;

  /** @param url of the server; a name and password in it are sent as such */
  constructor(url: URL, experiment: string, run: string) {
    const { username, password } = url;
    const secret = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
    this.#headers = {
      'content-type': 'application/json',
      ...(username !== '' && { authorization: `Basic ${secret.toString('base64')}` }),
    };
    const bare = new URL(url.href);
    Object.assign(bare, { username: '', password: '', search: '', hash: '' });
    this.address = bare.href.replace(/\/+$/, '');
    this.#experiment = experiment;
    this.#run = run;
    this.name = `MLflow at ${this.address}`;
  }

  async begin({ config, metrics }: RunFiles): Promise<void> {
    this.#config = config;
    const experiment = await this.#findExperiment();
    const tag = identify(config);
    const found = await this.#findRun(experiment, tag);
    this.#sent = found?.sent ?? -1;
    this.#id = found?.id ?? (await this.#create(experiment, tag, config));
    if (found) await this.#call('runs/update', { run_id: this.#id, status: 'RUNNING' });
    await this.#send(pointsOf(config, metrics));
  }

  async add(records: readonly Plain[]): Promise<void> {
    await this.#send(records.flatMap(record => pointOf(this.#config, record) ?? []));
  }

  async end(ending: Ending, { summary }: RunFiles): Promise<void> {
    const tags = Object.entries({
      'lockstep.stopped': summary?.stopped,
      'lockstep.saved-epoch': summary?.modelEpoch,
      'lockstep.weights-sha256': summary?.weightsSha256,
    }).flatMap(([name, value]) => (value == null ? [] : [{ key: name, value: String(value) }]));
    if (tags.length > 0) await this.#call('runs/log-batch', { run_id: this.#id, tags });
    await this.#call('runs/update', { run_id: this.#id, status: STATUS[ending], end_time: Date.now() });
  }

  drop(): void {
    this.#dropped.abort();
  }

  async #findExperiment(): Promise<string> {
    const name = this.#experiment;
    const query = `experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`;
    const found = await this.#call(query).catch(error => {
      if (error instanceof Refusal && error.status === 404) return null;
      throw error;
    });
    if (found) return String((found.experiment as Plain).experiment_id);
    return String((await this.#call('experiments/create', { name })).experiment_id);
  }

  async #findRun(experiment: string, tag: string): Promise<{ id: string; sent: number } | null> {
    const filter = `tags.\`${TAG}\` = '${tag}'`;
    const asked = { experiment_ids: [experiment], filter, max_results: 1 };
    const { runs } = await this.#call('runs/search', asked);
    const [run] = Array.isArray(runs) ? (runs as Plain[]) : [];
    if (!run) return null;
    const { metrics } = run.data as Plain;
    const steps = Array.isArray(metrics) ? metrics.map(({ step }: Plain) => Number(step)) : [];
    return { id: String((run.info as Plain).run_id), sent: steps.reduce((a, b) => Math.max(a, b), -1) };
  }

  async #create(experiment: string, tag: string, config: Plain): Promise<string> {
    const tags = [
      { key: TAG, value: tag },
      { key: 'mlflow.source.name', value: 'lockstep' },
    ];
    const { run } = await this.#call('runs/create', {
      experiment_id: experiment,
      run_name: nameOfRun(this.#run),
      start_time: Math.round(1000 * beginOf(config)),
      tags,
    });
    const id = String(((run as Plain).info as Plain).run_id);
    const params = paramsOf(config);
    for (let i = 0; i < params.length; i += MOST_PARAMS) {
      await this.#call('runs/log-batch', { run_id: id, params: params.slice(i, i + MOST_PARAMS) });
    }
    return id;
  }

  async #send(points: readonly Point[]): Promise<void> {
    const metrics = points
      .filter(({ step }) => step > this.#sent)
      .flatMap(({ step, time, scalars }) =>
        scalars.map(({ tag, value }) => ({ key: tag, value, step, timestamp: Math.round(1000 * time) })),
      );
    for (let i = 0; i < metrics.length; i += MOST_METRICS) {
      await this.#call('runs/log-batch', { run_id: this.#id, metrics: metrics.slice(i, i + MOST_METRICS) });
    }
    this.#sent = metrics.at(-1)?.step ?? this.#sent;
  }

  /** Gets, or posts a body. @throws failed if the server is away or refuses */
  async #call(path: string, body?: Plain): Promise<Plain> {
    const response = await fetch(`${this.address}/${API}/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: this.#headers,
      ...(body && { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.any([AbortSignal.timeout(PATIENCE), this.#dropped.signal]),
    });
    const text = await response.text();
    if (!response.ok) throw new Refusal(response.status, path.split('?')[0]!, text);
    const answer: unknown = JSON.parse(text);
    if (isPlain(answer)) return answer;
    throw failure(`${path}: expected a JSON object, got ${text.slice(0, 40)}.`);
  }
}

class Refusal extends Error {
  readonly status: number;

  constructor(status: number, path: string, text: string) {
    super(`${path}: status ${status}, ${text.replace(/\s+/g, ' ').slice(0, 120)}`);
    this.status = status;
  }
}

/** The same for all sessions of a run, and for no other run. */
function identify(config: Plain): string {
  const { fingerprint, options, fold, member } = config;
  const seed = isPlain(options) ? options.seed : null;
  const known = JSON.stringify([startedAt(config), fingerprint, seed, fold, member]);
  return createHash('sha256').update(known).digest('hex').slice(0, 32);
}

/** The options of a run, and what followed from them. */
function paramsOf({ options, data, task, rows, validationRows, parameters, backend }: Plain) {
  const facts = { data, task, rows, validationRows, parameters, backend };
  const all = { ...facts, ...(isPlain(options) ? options : {}) };
  return Object.entries(all).flatMap(([key, value]) =>
    value == null ? [] : [{ key, value: textOf(value).slice(0, LONGEST_PARAM) }],
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
