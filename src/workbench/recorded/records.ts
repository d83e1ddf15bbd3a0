import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, type TenantId } from '../../core/index.ts';
import { exportedLeaves, findEntry, leafHash, leafPages, listLogs } from '../../ledger/index.ts';
import type { Storage } from '../../storage/index.ts';
import type { Disclosure, DisclosuresByEntry, Vault } from '../../vault/index.ts';
import { ToolError } from '../errors.ts';
import { readDisclosures } from './disclosures.ts';

/** A leaf's body, and what opens the commitments in it as far as it can still be opened. */
export type RecordedBody = { readonly body: Buffer; readonly disclosures: readonly Disclosure[] };

/** Some leaves in the order of their log, and how many of its places between them are empty. */
export type RecordPage = { readonly leaves: readonly RecordedBody[]; readonly missing: number };

/** Where an entry stands; `seq` is null while it waits for its place. */
export type Place = {
  readonly log: string | null;
  readonly seq: number | null;
  readonly leafHash: string | null;
  /** Size of the newest checkpoint; it covers the entry when it is larger than `seq`. */
  readonly checkpointSize: number | null;
};

/** Recorded decisions, wherever they are kept. */
export type Records = {
  /** Every leaf, log after log, at constant memory. */
  pages(): AsyncIterable<RecordPage>;
  find(entryId: string): Promise<(RecordedBody & { readonly place: Place }) | undefined>;
};

/** The logs of a database: the one that is named, or all of them one after the other. The vault opens what people wrote. */
export function databaseRecords(storage: Pick<Storage, 'database' | 'ownerUrl'>, vault: Vault, log?: TenantId): Records {
  const opened = (of: TenantId, entryIds: readonly string[]): Promise<DisclosuresByEntry> =>
    storage.database.transaction(of, (trx) => vault.disclosuresOf(trx, of, entryIds));
  const logs = async (): Promise<TenantId[]> => (log === undefined ? listLogs(storage.ownerUrl) : [log]);
  return {
    async *pages() {
      for (const one of await logs()) {
        for await (const { leaves, missing } of leafPages(storage.database, one)) {
          const found = await opened(
            one,
            leaves.map(({ entryId }) => entryId),
          );
          yield { leaves: leaves.map(({ body, entryId }) => ({ body, disclosures: found.get(entryId) ?? [] })), missing };
        }
      }
    },
    async find(entryId) {
      for (const one of await logs()) {
        const found = await findEntry(storage.database, one, entryId);
        if (found === undefined) continue;
        const { body, leaf, checkpointSize } = found;
        const disclosures = (await opened(one, [entryId])).get(entryId) ?? [];
        const place = { log: one, seq: leaf?.seq ?? null, leafHash: leaf?.hash.toString('hex') ?? null, checkpointSize };
        return { body, disclosures, place };
      }
      return undefined;
    },
  };
}

const PAGE = 1_000;

/**
 * A folder that `countersign ledger export` wrote, taken at its word: `ledger verify` says whether it is whole. What people wrote is
 * opened where `countersign vault disclose` added it.
 *
 * @throws ToolError `records.unreadable`
 */
export async function exportRecords(folder: string): Promise<Records> {
  await access(join(folder, 'entries.jsonl')).catch((cause: unknown) => {
    throw unreadable(folder, cause);
  });
  return { pages: () => exportPages(folder), find: (entryId) => findInExport(folder, entryId) };
}

async function* exportPages(folder: string): AsyncGenerator<RecordPage> {
  const found = await readDisclosures(folder);
  let leaves: RecordedBody[] = [];
  for await (const body of exportedLeaves(folder)) {
    leaves.push({ body, disclosures: found.size === 0 ? [] : (found.get(idOf(body)) ?? []) });
    if (leaves.length < PAGE) continue;
    yield { leaves, missing: 0 };
    leaves = [];
  }
  if (leaves.length > 0) yield { leaves, missing: 0 };
}

async function findInExport(folder: string, entryId: string): ReturnType<Records['find']> {
  const mark = `"id":"${entryId}"`;
  let seq = 0;
  for await (const body of exportedLeaves(folder)) {
    if (body.includes(mark) && idOf(body) === entryId) {
      const [origin = '', size] = (await readCheckpoint(folder)).split('\n');
      const log = origin.slice(origin.lastIndexOf('/') + 1);
      const disclosures = (await readDisclosures(folder)).get(entryId) ?? [];
      return { body, disclosures, place: { log, seq, leafHash: leafHash(body).toString('hex'), checkpointSize: Number(size) } };
    }
    seq += 1;
  }
  return undefined;
}

function idOf(body: Buffer): string {
  try {
    return String(JSON.parse(body.toString('utf8')).id);
  } catch {
    return ''; // whoever reads the leaf says that it is malformed
  }
}

function readCheckpoint(folder: string): Promise<string> {
  return readFile(join(folder, 'checkpoint'), 'utf8').catch((cause: unknown) => {
    throw unreadable(folder, cause);
  });
}

function unreadable(folder: string, cause: unknown): ToolError {
  return new ToolError('records.unreadable', `\`${folder}\` is not an exported log: ${messageOf(cause)}`, {
    cause,
    remedy: 'name a folder that `countersign ledger export` wrote',
  });
}
