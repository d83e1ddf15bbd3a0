import { expect } from 'vitest';
import type { TenantId } from '../../src/core/index.ts';
import { type StoredText, subjectOf } from '../../src/vault/index.ts';
import type { World } from './world.ts';

/** What a leaf holds where a person wrote something. */
export const committed = { committed: expect.stringMatching(/^[0-9a-f]{64}$/) };

/** What a row holds where a person wrote something. */
export const sealed: unknown = expect.stringMatching(/^sealed1\.[0-9a-f]{16}\.[A-Za-z0-9_-]+$/);

type Held = Pick<StoredText, 'column' | 'row'> & { readonly by: string; readonly text: unknown };

/** The text that a row holds, opened; fails where it is plain. */
export async function unsealed(
  { database, vault }: World,
  tenant: TenantId,
  { by, text, ...place }: Held,
): Promise<string | null | undefined> {
  expect(text).toEqual(sealed);
  const [opened] = await database.transaction(tenant, (trx) =>
    vault.open(trx, tenant, [{ ...place, subject: subjectOf(by), text: String(text) }]),
  );
  return opened;
}
