import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, vi } from 'vitest';
import { fixedClock } from '../../src/core/index.ts';
import {
  type Ledger,
  parseWitness,
  Witnesses,
  WitnessFollower,
  type WitnessFollowerOptions,
  type WitnessSettings,
} from '../../src/ledger/index.ts';
import { createWitnessKey, Memory, parseLogs, type WitnessEvent, WitnessServer } from '../../src/witness/index.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import { acme, commit, entryWith, ledgerOver } from '../support/ledger.ts';
import { openTestDatabase, type TestDatabase } from '../support/postgres.ts';

const soon = { timeout: 10_000, interval: 10 };

/** What a test opened, ended in the reverse order. */
export class Opened {
  readonly #ends: (() => unknown)[] = [];

  add(end: () => unknown): void {
    this.#ends.push(end);
  }

  async end(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end();
  }
}

export type Installation = TestDatabase & { readonly ledger: Ledger };

/** A database and its ledger, all under one key and origin: two of them are two that claim to be one. */
export async function openInstallation(opened: Opened): Promise<Installation> {
  const db = await openTestDatabase({ poolSize: 12 });
  opened.add(() => db.close());
  const ledger = ledgerOver(db.database, { signMilliseconds: 5 });
  opened.add(() => ledger.stop());
  return { ...db, ledger };
}

/** Appends entries until the log has so many, and waits for the checkpoint over them. */
export async function grow(to: Installation, size: number, log = acme): Promise<void> {
  for (let n = (await to.ledger.checkpoint(log))?.size ?? 0; n < size; n += 1) {
    await to.ledger.acknowledge(log, await commit(to.database, to.ledger, entryWith({ n }), log));
  }
  await untilSigned(to, size, log);
}

export async function untilSigned(to: Installation, size: number, log = acme): Promise<void> {
  await vi.waitFor(async () => expect((await to.ledger.checkpoint(log))?.size).toBe(size), soon);
}

export type RunningWitness = WitnessSettings & {
  readonly server: WitnessServer;
  readonly events: WitnessEvent[];
  restart(): Promise<WitnessServer>;
};

/** Our witness over HTTP, watching logs by their verifier keys. */
export async function runWitness(opened: Opened, name: string, vkeys: readonly string[]): Promise<RunningWitness> {
  const state = makeFolder('witness');
  opened.add(() => removeFolders([state]));
  const key = createWitnessKey(`${state}/key.pem`, `witness.example/${name}`);
  const events: WitnessEvent[] = [];
  const listen = async (port: number): Promise<WitnessServer> => {
    const clock = fixedClock('2026-03-02T12:00:00.000Z');
    const onEvent = (event: WitnessEvent): void => void events.push(event);
    const logs = parseLogs(vkeys);
    const server = await WitnessServer.listen({ host: '127.0.0.1', port, key, logs, memory: new Memory(state), clock, onEvent });
    opened.add(() => server.close().catch(() => undefined));
    return server;
  };
  const server = await listen(0);
  return { name, url: server.url, key: key.verifierKey, server, events, restart: () => listen(Number(new URL(server.url).port)) };
}

/** Something else that listens where a witness should. */
export async function runOther(opened: Opened, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.add(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${isAddress(address) ? address.port : 0}`;
}

function isAddress(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

export function witnessesOf(to: Installation, list: readonly WitnessSettings[], quorum = 1, deadlineMilliseconds = 5_000): Witnesses {
  return new Witnesses({ database: to.database, list: list.map(parseWitness), quorum, deadlineMilliseconds });
}

export type Followed = {
  readonly follower: WitnessFollower;
  readonly witnesses: Witnesses;
  readonly clock: ReturnType<typeof fixedClock>;
  /** `<log> <witness> <outcome>`, as they come. */
  readonly outcomes: string[];
  readonly errors: unknown[];
  readonly ages: Map<string, number>;
};

/** A follower whose rounds the test calls for. */
export function followerOf(
  to: Installation,
  list: readonly WitnessSettings[],
  quorum = 1,
  over: Partial<WitnessFollowerOptions> = {},
): Followed {
  const witnesses = witnessesOf(to, list, quorum);
  const clock = fixedClock('2026-03-02T12:00:00.000Z');
  const outcomes: string[] = [];
  const errors: unknown[] = [];
  const ages = new Map<string, number>();
  const follower = new WitnessFollower({
    database: to.database,
    witnesses,
    clock,
    everySeconds: 10,
    onOutcome: (log, witness, outcome, error) => {
      outcomes.push(`${log} ${witness} ${outcome}`);
      if (error !== undefined) errors.push(error);
    },
    onAge: (log, witness, seconds) => ages.set(`${log} ${witness}`, seconds),
    onError: (error) => errors.push(error),
    ...over,
  });
  return { follower, witnesses, clock, outcomes, errors, ages };
}
