import { parentPort, workerData } from 'node:worker_threads';
import { type Batch, examine } from './examine.ts';

/** A thread of the pool: a batch in, what is to be said of it out, one after the other. */
parentPort?.on('message', (batch: Batch) => parentPort?.postMessage(examine(batch, workerData)));
