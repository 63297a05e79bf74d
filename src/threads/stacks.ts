/**
 * JavaScript stacks of all worker threads of this process, by the debugger that Node.js has within: each thread is paused, its
 * calls are noted, and it goes on. A thread that runs JavaScript or waits in Atomics.wait answers; one in a call of native code
 * does not. Runs on the coordinator.
 */
import type { Session } from 'node:inspector';
import { setTimeout } from 'node:timers/promises';

/** One call, innermost first: "meet (file:///…/collective.js:78:5)". */
type Call = string;

export interface ThreadStack {
  /** `threadId` of node:worker_threads; null if Node.js does not say. */
  thread: number | null;
  /** null if the thread did not answer. */
  calls: Call[] | null;
}

interface Frame {
  functionName: string;
  url: string;
  location: { scriptId: string; lineNumber: number; columnNumber: number };
}

interface Message {
  method?: string;
  params: { callFrames: Frame[]; scriptId: string; url: string };
}

interface Attached {
  stack: ThreadStack;
  /** Addresses of its scripts by their numbers: in some frames they are missing. */
  urls: Map<string, string>;
}

/**
 * Stacks of the threads that answer within this time, and the others without one.
 * @throws Error if this Node.js has no inspector, the inspector does not serve this thread, or a debugger uses it
 */
export async function stacksOfWorkers(milliseconds: number): Promise<ThreadStack[]> {
  // Loaded only here: it takes time, and a Node.js without it can train.
  const { Session, url } = await import('node:inspector');
  // Threads that its user has paused would go on.
  if (url() !== undefined) throw new Error('this Node.js has a debugger open');
  const session = new Session();
  session.connect();
  try {
    const attached = await pauseAll(session, milliseconds);
    return attached.map(({ stack }) => stack);
  } finally {
    session.disconnect();
  }
}

async function pauseAll(session: Session, milliseconds: number): Promise<Attached[]> {
  const attached = new Map<string, Attached>();
  let answered: () => void = () => {};
  const all = new Promise<void>(resolve => {
    answered = resolve;
  });
  const send = (sessionId: string, method: string) =>
    // A thread that has ended meanwhile does not answer.
    post(session, 'NodeWorker.sendMessageToWorker', {
      sessionId,
      message: JSON.stringify({ id: 1, method }),
    }).catch(() => {});
  const goOn = (sessionId: string) => {
    void send(sessionId, 'Debugger.resume');
    void send(sessionId, 'Debugger.disable');
  };
  session.on('NodeWorker.attachedToWorker', ({ params: { sessionId, workerInfo } }) => {
    const number = /\[worker (\d+)\]/.exec(workerInfo.title)?.[1];
    attached.set(sessionId, {
      stack: { thread: number === undefined ? null : Number(number), calls: null },
      urls: new Map(),
    });
    void send(sessionId, 'Debugger.enable');
    void send(sessionId, 'Debugger.pause');
  });
  session.on('NodeWorker.receivedMessageFromWorker', ({ params: { sessionId, message } }) => {
    const { method, params } = JSON.parse(message) as Message;
    const { stack, urls } = attached.get(sessionId)!;
    if (method === 'Debugger.scriptParsed') urls.set(params.scriptId, params.url);
    if (method !== 'Debugger.paused') return;
    stack.calls = params.callFrames.map(frame => describeFrame(frame, urls));
    goOn(sessionId);
    if ([...attached.values()].every(({ stack }) => stack.calls !== null)) answered();
  });
  await post(session, 'NodeWorker.enable', { waitForDebuggerOnStart: false });
  const end = new AbortController();
  await Promise.race([all, setTimeout(milliseconds, undefined, { signal: end.signal })]);
  end.abort();
  for (const [sessionId, { stack }] of attached) {
    // Its call of native code may return one day: then it would pause, and nobody would let it go on.
    if (stack.calls === null) goOn(sessionId);
  }
  await post(session, 'NodeWorker.disable', {});
  return [...attached.values()];
}

function describeFrame({ functionName, url, location }: Frame, urls: ReadonlyMap<string, string>): Call {
  const { scriptId, lineNumber, columnNumber } = location;
  const place = `${url || urls.get(scriptId) || 'unknown'}:${lineNumber + 1}:${columnNumber + 1}`;
  return functionName === '' ? place : `${functionName} (${place})`;
}

function post(session: Session, method: string, params: object): Promise<void> {
  return new Promise((resolve, reject) => {
    session.post(method, params, error => (error ? reject(new Error(error.message)) : resolve()));
  });
}
