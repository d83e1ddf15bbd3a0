import { canonicalBytes } from '../../../src/core/index.ts';
import type { LedgerKey } from '../../../src/ledger/index.ts';
import { checkpointText, signNote } from '../../../src/ledger/note.ts';
import { acme, key, originPrefix } from '../../support/ledger.ts';
import { connected } from '../../support/postgres.ts';
import { naiveFrontier, naiveLeaf, naiveRoot } from '../naive-tree.ts';

const TABLES = [
  'ledger_head',
  'ledger_outbox',
  'ledger_leaf',
  'ledger_tile',
  'ledger_checkpoint',
  'ledger_subject',
  'ledger_signing',
  'ledger_rotation',
];

/**
 * What somebody does who may write every table: SQL as the superuser, with hashes of our own making, so that nothing of the writer
 * helps.
 */
export class Superuser {
  readonly #url: string;

  constructor({ ownerUrl }: { readonly ownerUrl: string }) {
    this.#url = ownerUrl;
  }

  async sql(text: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    return connected(this.#url, async (client) => {
      await client.query('set session_replication_role = replica'); // no trigger stops a superuser
      if (values.length === 0) return [await client.query<Record<string, unknown>>(text)].flat().at(-1)?.rows ?? [];
      return (await client.query<Record<string, unknown>>(text, [...values])).rows;
    });
  }

  /** Keeps a copy of every table of the ledger as it is. */
  async keep(): Promise<void> {
    await this.sql(`drop schema if exists kept cascade; create schema kept;
      ${TABLES.map((table) => `create table kept.${table} as table public.${table};`).join('')}`);
  }

  /** Puts back what was kept. */
  async putBack(): Promise<void> {
    await this.sql(`truncate ${TABLES.join(', ')};
      ${TABLES.map((table) => `insert into public.${table} overriding system value table kept.${table};`).join('')}`);
  }

  async bodies(): Promise<Buffer[]> {
    return (await this.sql('select body from ledger_leaf order by seq')).map(({ body }) =>
      Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    );
  }

  /** Puts bodies in the place of those that are there, with their hashes beside them if wanted. */
  async writeBodies(bodies: readonly Buffer[], columns: 'with hashes' | 'without'): Promise<void> {
    const hash = columns === 'with hashes' ? ", hash = sha256('\\x00'::bytea || n.body)" : '';
    await this.sql(
      `update ledger_leaf l set body = n.body${hash} from unnest($1::bytea[]) with ordinality n(body, at) where l.seq = n.at - 1`,
      [bodies],
    );
  }

  /** Makes tiles and head fit the bodies. */
  async writeTree(bodies: readonly Buffer[]): Promise<void> {
    const leaves = bodies.map((body) => naiveLeaf(body));
    for (let level = 0, hashes = leaves; hashes.length > 0; level += 1, hashes = fullTileRoots(hashes)) {
      for (let index = 0; index * 256 < hashes.length; index += 1) {
        const tile = Buffer.concat(hashes.slice(index * 256, index * 256 + 256));
        await this.sql('update ledger_tile set hashes = $3 where level = $1 and index = $2', [level, index, tile]);
      }
    }
    await this.sql('update ledger_head set size = $1, root = $2, last_hash = $3, frontier = $4', [
      leaves.length,
      naiveRoot(leaves),
      leaves.at(-1),
      Buffer.concat(naiveFrontier(leaves)),
    ]);
  }

  /** Signs every checkpoint anew, with the stolen key. */
  async signAgain(bodies: readonly Buffer[]): Promise<void> {
    for (const { size } of await this.sql('select size::int as size from ledger_checkpoint')) {
      await this.sql('update ledger_checkpoint set note = $2 where size = $1', [size, checkpointOver(bodies.slice(0, Number(size)))]);
    }
  }
}

/** A checkpoint of exactly these entries, signed with a key: that of the log unless another is given. */
export function checkpointOver(bodies: readonly Buffer[], by: LedgerKey = key): string {
  const signer = by.signerFor(`${originPrefix}/${acme}`);
  return signNote(checkpointText(signer.name, bodies.length, naiveRoot(bodies.map((body) => naiveLeaf(body)))), [signer]);
}

/** An entry that says something else. */
export function edited(body: Buffer | undefined, from: string, to: string): Buffer {
  const text = String(body);
  if (!text.includes(from)) throw new Error(`\`${from}\` is not in ${text}`);
  return Buffer.from(text.replace(from, to));
}

/** The chain made whole again from `from` on. */
export function rechained(bodies: readonly Buffer[], from: number): Buffer[] {
  const made = [...bodies];
  for (let n = Math.max(from, 1); n < made.length; n += 1) {
    const prev = naiveLeaf(made[n - 1] ?? Buffer.alloc(0)).toString('hex');
    made[n] = canonicalBytes({ ...JSON.parse(String(made[n])), prev });
  }
  return made;
}

function fullTileRoots(hashes: readonly Buffer[]): Buffer[] {
  return Array.from({ length: Math.floor(hashes.length / 256) }, (_, n) => naiveRoot(hashes.slice(n * 256, n * 256 + 256)));
}
