/**
 * Serves one page on this machine only, and sends it what is new (server-sent events). The only file that listens.
 *
 * Who may read it: programs that know the token in its address. Other web pages in the same browser may not: a request has to name
 * this host (which a name that was pointed at 127.0.0.1 doesn't), and may come from this page only. No path leads to a file.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeCause, failure } from '../errors.js';
import { option } from '../option-names.js';

const HOST = '127.0.0.1';
/** Tells proxies and browsers that the connection is still used, in milliseconds. */
const HEARTBEAT = 15_000;

export class LiveServer {
  readonly url: string;
  readonly #server: Server;
  readonly #token: string;
  readonly #page: (nonce: string) => string;
  readonly #listeners = new Set<ServerResponse>();
  readonly #heartbeat: NodeJS.Timeout;
  /** Those that don't read for now, such as a page that the browser has frozen: they get the newest when they do. */
  readonly #late = new Set<ServerResponse>();
  #last: string | null = null;

  private constructor(server: Server, token: string, page: (nonce: string) => string) {
    this.#server = server;
    this.#token = token;
    this.#page = page;
    this.url = `http://${HOST}:${portOf(server)}/${token}/`;
    server.on('request', (request, response) => this.#answer(request, response));
    this.#heartbeat = setInterval(() => this.#write(':\n\n'), HEARTBEAT);
  }

  /**
   * @param port 0 for any that is free
   * @param page the page, whose script has this nonce and listens to `events`
   * @throws failed if the port is taken
   */
  static async open(port: number, page: (nonce: string) => string): Promise<LiveServer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', cause =>
        reject(
          failure(
            `port ${port}: ${describeCause(cause)}.`,
            `Omit ${option('port', port)} to use any free port.`,
            cause,
          ),
        ),
      );
      server.listen(port, HOST, resolve);
    });
    return new LiveServer(server, randomBytes(16).toString('hex'), page);
  }

  /** Sends data to all pages that are open, and to those that will be. */
  send(data: unknown): void {
    this.#last = `data: ${JSON.stringify(data)}\n\n`;
    this.#write(this.#last);
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    const closed = new Promise(resolve => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #write(text: string): void {
    for (const response of this.#listeners) {
      if (response.writableNeedDrain) this.#late.add(response);
      else response.write(text);
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const status = this.#check(request);
    if (status !== 200) refuse(response, status);
    else if (request.url!.endsWith('/events')) this.#listen(response);
    else this.#sendPage(response);
  }

  /** 200 for the page and its events. */
  #check(request: IncomingMessage): number {
    if (!this.#isOurs(request)) return 403;
    const [, token = '', name, ...rest] = (request.url ?? '').split('/');
    if (!isSame(token, this.#token) || rest.length > 0) return 404;
    if (name !== '' && name !== 'events') return 404;
    return request.method === 'GET' ? 200 : 405;
  }

  /** Whether the request names this host, and comes from this page or from what the user typed. */
  #isOurs({ headers }: IncomingMessage): boolean {
    const port = portOf(this.#server);
    const hosts = [`${HOST}:${port}`, `localhost:${port}`];
    const { host = '', origin } = headers;
    const site = headers['sec-fetch-site'];
    if (!hosts.includes(host)) return false;
    if (origin !== undefined && origin !== `http://${host}`) return false;
    return site === undefined || site === 'same-origin' || site === 'none';
  }

  #sendPage(response: ServerResponse): void {
    const nonce = randomBytes(16).toString('base64');
    response.writeHead(200, { ...HEADERS, ...policyOf(nonce), 'content-type': 'text/html; charset=utf-8' });
    response.end(this.#page(nonce));
  }

  #listen(response: ServerResponse): void {
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' });
    response.write(this.#last ?? ':\n\n');
    this.#listeners.add(response);
    response.on('drain', () => this.#late.delete(response) && response.write(this.#last ?? ''));
    response.on('close', () => this.#listeners.delete(response) && this.#late.delete(response));
  }
}

const HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
};

/** The page may run its one script and listen to this server, and nothing else. */
function policyOf(nonce: string) {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  return { 'content-security-policy': policy };
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain' });
  response.end();
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** Takes the same time wherever the texts differ. */
function isSame(text: string, token: string): boolean {
  const [a, b] = [Buffer.from(text), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}
