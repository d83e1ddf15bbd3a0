import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isId, messageOf, newId, tenantId } from '../../src/core/index.ts';
import type { Receipt } from '../../src/ledger/index.ts';
import { StorageError } from '../../src/storage/index.ts';
import { carryOut, tryConflict } from './business.ts';
import { type LedgerParts, openLedgerParts } from './gateway.ts';
import { type Intent, Journal } from './journal.ts';
import { type FromLoad, journalOf, type LoadSettings, toLoad } from './messages.ts';

const RETRY_AFTER_MS = 20;

/** A request without a final answer. `pending`: it is known to be committed, so that it need not be repeated. */
type Open = { readonly intent: Intent; readonly pending: boolean };

/** The clients of one gateway, and the gateway's ledger, in one process that may be killed at any moment. */
class Load {
  readonly #settings: LoadSettings;
  readonly #parts: LedgerParts;
  readonly #journal: Journal;
  /** What is not known to be done: told `PENDING`, or asked for and not answered, also to a predecessor that was killed. */
  readonly #open: Open[];
  #finishing = false;

  constructor(settings: LoadSettings, parts: LedgerParts, journal: Journal, open: Open[]) {
    this.#settings = settings;
    this.#parts = parts;
    this.#journal = journal;
    this.#open = open;
  }

  static async open(settings: LoadSettings): Promise<Load> {
    const dataDir = join(settings.folder, `gateway-${settings.slot}`);
    mkdirSync(dataDir, { recursive: true });
    const { journal, lines } = await Journal.open(journalOf(settings.folder, settings.slot));
    const placed = new Set(lines.flatMap((line) => (line.kind === 'placed' ? [line.id] : [])));
    const open = lines.flatMap((line) => (line.kind === 'intent' && !placed.has(line.id) ? [{ intent: line, pending: false }] : []));
    return new Load(settings, await openLedgerParts({ ...settings, dataDir }), journal, open);
  }

  /** Returns when it was told to finish and everything that was begun is known to be done. */
  async run(): Promise<void> {
    await Promise.all(Array.from({ length: this.#settings.callers }, () => this.#caller()));
    await this.#parts.stops.run();
    await this.#journal.close();
  }

  finish(): void {
    this.#finishing = true;
  }

  async #caller(): Promise<void> {
    for (;;) {
      const left = this.#open.shift();
      if (left === undefined && this.#finishing) return;
      const open = left ?? { intent: await this.#begin(), pending: false };
      await this.#once(open).catch((error: unknown) => this.#again(open, error));
    }
  }

  async #begin(): Promise<Intent> {
    const intent: Intent = {
      kind: 'intent',
      id: newId('entry'),
      log: anyOf(this.#settings.logs),
      ts: new Date().toISOString(),
      way: Math.random() < 0.2 ? 'record' : 'business',
      bytes: Math.floor(Math.random() * 900),
    };
    await this.#journal.write(intent);
    return intent;
  }

  async #once({ intent, pending }: Open): Promise<void> {
    const receipts = pending ? [await this.#askAgain(intent)] : await this.#request(intent);
    const { id, log } = intent;
    for (const receipt of receipts) {
      if (receipt.status === 'PENDING') await this.#journal.write({ kind: 'pending', id, log });
      else await this.#journal.write({ kind: 'placed', id, log, seq: receipt.seq, leafHash: receipt.leafHash });
    }
    if (!receipts.some(({ status }) => status === 'SEQUENCED')) {
      this.#open.push({ intent, pending: true });
      return;
    }
    tell({ kind: 'acknowledged', logs: [tenantId(log)] });
    if (Math.random() < 0.01) await this.#conflict(intent);
  }

  /** Now and then twice at once: two answers, one place. */
  #request(intent: Intent): Promise<Receipt[]> {
    const calls = Math.random() < 0.02 ? 2 : 1;
    return Promise.all(Array.from({ length: calls }, () => carryOut(this.#parts, intent)));
  }

  async #askAgain({ id, log }: Intent): Promise<Receipt> {
    await delay(RETRY_AFTER_MS);
    const receipt = isId('entry', id) ? await this.#parts.ledger.receipt(tenantId(log), id) : undefined;
    if (receipt !== undefined) return receipt;
    await this.#journal.write({ kind: 'violation', log, message: `entry ${id} was told \`PENDING\` and is not known any more` });
    throw new Error(`entry ${id} is not known any more`);
  }

  /** Nobody knows what became of it: ask for the same again. */
  async #again(open: Open, error: unknown): Promise<void> {
    if (!(error instanceof StorageError)) await this.#journal.write({ kind: 'failure', message: messageOf(error) });
    this.#open.push(open);
    await delay(RETRY_AFTER_MS);
  }

  async #conflict(intent: Intent): Promise<void> {
    const message = await tryConflict(this.#parts, intent).catch(() => undefined);
    if (message !== undefined) await this.#journal.write({ kind: 'violation', log: intent.log, message });
  }
}

function tell(message: FromLoad): void {
  if (process.connected) process.send?.(message);
}

function anyOf<T>(list: readonly T[]): T {
  const [chosen] = list.slice(Math.floor(Math.random() * list.length));
  if (chosen === undefined) throw new RangeError('no logs');
  return chosen;
}

let load: Promise<Load> | undefined;
process.on('disconnect', () => process.exit(1)); // without its supervisor it has no purpose
process.on('message', async (raw) => {
  const message = toLoad.parse(raw);
  if (message.kind === 'finish') return (await load)?.finish();
  load = Load.open(message.settings);
  await (await load).run();
  process.exit(0);
});
tell({ kind: 'ready' });
