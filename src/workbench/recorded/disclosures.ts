import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { messageOf, type TenantId } from '../../core/index.ts';
import { leafPages } from '../../ledger/index.ts';
import type { Database } from '../../storage/index.ts';
import type { Disclosure, DisclosuresByEntry, Vault } from '../../vault/index.ts';
import { ToolError } from '../errors.ts';

/** Beside `entries.jsonl`: what people wrote, a disclosure a line. Kept apart, so that an export goes to others without it. */
const disclosuresFile = 'disclosures.jsonl';

const line = z.strictObject({ entryId: z.string(), path: z.string(), salt: z.string(), value: z.string() });

/** What opens commitments of an exported log; nothing where it was exported without. @throws ToolError `records.unreadable` */
export async function readDisclosures(folder: string): Promise<DisclosuresByEntry> {
  const text = await readFile(join(folder, disclosuresFile), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  const found = new Map<string, Disclosure[]>();
  for (const one of text.split('\n').filter((each) => each !== '')) {
    const { entryId, ...disclosure } = parse(one, folder);
    found.set(entryId, [...(found.get(entryId) ?? []), disclosure]);
  }
  return found;
}

/** Adds what can be opened of a log to a folder with its export, at constant memory. How many disclosures that is. */
export async function writeDisclosures(database: Database, vault: Vault, log: TenantId, folder: string): Promise<number> {
  let written = 0;
  const lines = async function* (): AsyncGenerator<string> {
    for await (const { leaves } of leafPages(database, log)) {
      const ids = leaves.map(({ entryId }) => entryId);
      const found = await database.transaction(log, (trx) => vault.disclosuresOf(trx, log, ids));
      for (const [entryId, disclosures] of found) {
        for (const disclosure of disclosures) {
          written += 1;
          yield `${JSON.stringify({ entryId, ...disclosure })}\n`;
        }
      }
    }
  };
  await pipeline(Readable.from(lines()), createWriteStream(join(folder, disclosuresFile), { mode: 0o600 }));
  return written;
}

function parse(text: string, folder: string): z.infer<typeof line> {
  try {
    return line.parse(JSON.parse(text));
  } catch (cause) {
    throw new ToolError(
      'records.unreadable',
      `\`${join(folder, disclosuresFile)}\` holds a line that is no disclosure: ${messageOf(cause)}`,
      {
        cause,
        remedy: 'write it again with `countersign vault disclose`, or take it away',
      },
    );
  }
}
