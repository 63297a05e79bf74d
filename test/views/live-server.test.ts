import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LiveServer } from '../../src/views/live-server.js';

let server: LiveServer;
beforeAll(async () => {
  server = await LiveServer.open(0, nonce => `<script nonce="${nonce}"></script>`);
});
afterAll(() => server.close());

/** Status and text; of an endless answer, its first part. Headers and path are sent as they are. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { hostname, port } = new URL(server.url);
  return new Promise<{ status: number; text: string; policy: string }>((resolve, reject) => {
    const asked = request({ hostname, port, path, headers, method }, response => {
      const { statusCode: status = 0, headers: got } = response;
      const policy = String(got['content-security-policy'] ?? '');
      response.once('data', part => {
        resolve({ status, text: String(part), policy });
        asked.destroy();
      });
      response.once('end', () => resolve({ status, text: '', policy }));
    });
    asked.on('error', reject).end();
  });
}

const own = () => new URL(server.url).pathname;
const port = () => new URL(server.url).port;

it('serves the page and its events to those who know the address', async () => {
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/$/);
  const { status, text, policy } = await ask(own());
  const nonce = /nonce="([^"]+)"/.exec(text)![1]!;
  expect(status).toBe(200);
  expect(policy).toContain(`default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-${nonce}';`);
  server.send({ body: 'first\n' });
  server.send({ body: 'second' });
  expect(await ask(`${own()}events`)).toMatchObject({ status: 200, text: 'data: {"body":"second"}\n\n' });
});

it('sends data to pages that are open', async () => {
  const reader = (await fetch(`${server.url}events`)).body!.getReader();
  await reader.read();
  server.send({ body: 'news' });
  const { value } = await reader.read();
  expect(Buffer.from(value!).toString()).toBe('data: {"body":"news"}\n\n');
  await reader.cancel();
});

it('keeps only the newest for a page that does not read for now', async () => {
  const reader = (await fetch(`${server.url}events`)).body!.getReader();
  const rest = 'x'.repeat(100_000);
  for (let i = 1; i <= 30; i++) server.send({ body: `number ${i} `, rest });
  let text = '';
  while (!text.includes('number 30 ')) text += Buffer.from((await reader.read()).value!).toString();
  expect(text.match(/number \d+ /g)).toEqual(['number 1 ', 'number 30 ']);
  await reader.cancel();
});

it.each([
  ['a name that was pointed at this machine', () => ({ host: `evil.example:${port()}` })],
  ['another port', () => ({ host: '127.0.0.1:1' })],
  ['a page of another origin', () => ({ origin: 'http://evil.example' })],
  ['a page of no origin', () => ({ origin: 'null' })],
  ['a page of another port of this machine', () => ({ origin: 'http://127.0.0.1:1' })],
  ['another site', () => ({ 'sec-fetch-site': 'cross-site' })],
])('refuses %s', async (_, headers) => {
  for (const path of ['', 'events']) expect((await ask(own() + path, headers())).status).toBe(403);
});

it.each([
  ['no token', () => '/'],
  ['another token', () => `/${'0'.repeat(32)}/`],
  ['a part of the token', () => `${own().slice(0, 20)}/`],
  ['a file of the run', () => `${own()}config.json`],
  ['a path out of the folder', () => `${own()}../../etc/passwd`],
  ['a coded path', () => `${own()}..%2f..%2fetc%2fpasswd`],
  ['a longer path', () => `${own()}events/x`],
])('knows nothing at %s', async (_, path) => {
  expect((await ask(path())).status).toBe(404);
});

it('takes no other method than GET', async () => {
  for (const method of ['POST', 'OPTIONS', 'DELETE']) expect((await ask(own(), {}, method)).status).toBe(405);
});

it('says that a port is taken', async () => {
  await expect(LiveServer.open(Number(port()), () => '')).rejects.toThrow(/^port \d+: listen EADDRINUSE/);
});
