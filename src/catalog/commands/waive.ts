import { z } from 'zod';
import { entryOf } from '../../core/index.ts';
import { type AnyCommand, defineCommand } from '../../govern/index.ts';
import { lockCatalog } from '../lock.ts';
import { release, waivable } from '../names.ts';
import { insertWaiver, registrarsOf } from '../release-rows.ts';
import { releaseResource } from '../resources.ts';

const args = z.strictObject({
  release,
  requirement: waivable,
  reason: z.string().max(1_000),
  expiresAt: z.union([z.date(), z.iso.datetime().transform((text) => new Date(text))]),
});
type Asked = z.infer<typeof args>;
type Waived = { readonly release: string; readonly requirement: string; readonly reason: string; readonly expiresAt: string };

/**
 * `evidence.waive`: a release need not meet a requirement until a day. The reason is not declared personal: it stands in the bundle, whose
 * contents nobody can take back.
 */
export const waiveEvidence: AnyCommand = defineCommand<Asked, object, Waived>({
  action: 'evidence.waive',
  args,
  load: async (trx, asked, scope) => {
    const { tenant } = scope.actor;
    await lockCatalog(trx, tenant);
    const registeredBy = await registrarsOf(trx, tenant, asked.release);
    const expiresInSeconds = Math.ceil((asked.expiresAt.getTime() - scope.now.getTime()) / 1_000);
    const facts = { request: { justification: asked.reason }, evidence: { registeredBy, expiresInSeconds } };
    return { resource: releaseResource(scope, asked.release), facts, state: {} };
  },
  effect: async (trx, asked, _state, { actor, now, decisionId }) => {
    await insertWaiver(trx, actor.tenant, { ...asked, entryId: entryOf(decisionId), by: actor.id, at: now });
    const waived = { ...asked, expiresAt: asked.expiresAt.toISOString() };
    return { result: waived, record: waived };
  },
});
