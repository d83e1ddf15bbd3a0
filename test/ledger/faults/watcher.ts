import { join } from 'node:path';
import { exportLog } from '../../../src/ledger/index.ts';
import { openSource, watchOnce } from '../../../src/ledger/verify/index.ts';
import { acme } from '../../support/ledger.ts';
import { type Site, temporary } from './site.ts';

/** A monitor outside, who is shown a log as tiles under one address and remembers what it saw. */
export class Watcher {
  readonly #key: string;
  readonly #state = join(temporary(), 'watched');
  readonly #place = join(temporary(), 'log');

  constructor(key: string) {
    this.#key = key;
  }

  async lookAt(shown: Site): Promise<string> {
    await exportLog(shown.database, shown.ledger, acme, this.#place, { format: 'tiles' });
    const source = await openSource(this.#place);
    try {
      const look = await watchOnce(source, { key: this.#key, state: this.#state, now: () => new Date() });
      if (look.result === 'alarm') return `alarm ${look.alarm.kind}: ${look.alarm.message}`;
      return `${look.result}: ${look.size} entries`;
    } finally {
      await source.close();
    }
  }
}
