/** A worker that was lost in a segment: it threw, its thread ended, or it got nowhere any more. */
import { LockstepError } from '../errors.js';

export class WorkerLost extends LockstepError {
  /** null where it is not known which. */
  readonly worker: number | null;
  readonly reason: string;

  constructor(worker: number | null, reason: string, cause?: unknown) {
    super('failed', worker === null ? reason : `worker ${worker}: ${reason}`, { cause });
    this.worker = worker;
    this.reason = reason;
  }
}
