/** As much of an MLflow server as lockstep asks of one, in this process. A request may be refused, cut off or never answered. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { armed, counts } from '../calls/control.js';

const ANSWERS: readonly [RegExp, object][] = [
  [/experiments\/get-by-name/, { experiment: { experiment_id: '1' } }],
  [/runs\/search/, { runs: [] }],
  [/runs\/create/, { run: { info: { run_id: 'r' } } }],
];

/** Starts a server on this machine, and returns its address. It ends with the process. */
export async function serveMlflow(): Promise<string> {
  const server = createServer((request, response) => {
    const path = String(request.url).split('?')[0]!;
    const kind = armed();
    const fails = kind?.startsWith('server ') && counts(path);
    request.resume().on('end', () => {
      if (fails && kind === 'server hangs') return;
      if (fails && kind === 'server closes') request.socket.destroy();
      else {
        response.writeHead(fails ? 500 : 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(ANSWERS.find(([known]) => known.test(path))?.[1] ?? {}));
      }
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
