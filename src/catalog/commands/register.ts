import { z } from 'zod';
import { type AnyCommand, defineCommand } from '../../govern/index.ts';
import { lockCatalog } from '../lock.ts';
import { digest, kind, release } from '../names.ts';
import { insertRegistration, waiversOf } from '../release-rows.ts';
import { releaseResource } from '../resources.ts';

const args = z.strictObject({ release, kind, content: digest });
type Registered = z.infer<typeof args>;

/** `evidence.built`: what a release is made of, before its bundle is signed. The bundle proves that this very entry is in the log. */
export const registerEvidence: AnyCommand = defineCommand<Registered, object, Registered>({
  action: 'evidence.built',
  args,
  load: async (trx, asked, scope) => {
    const { tenant } = scope.actor;
    await lockCatalog(trx, tenant); // nobody waives and registers in two calls at once
    const waivedBy = [...new Set((await waiversOf(trx, tenant, asked.release)).map(({ by }) => by))];
    return { resource: releaseResource(scope, asked.release), facts: { evidence: { waivedBy } }, state: {} };
  },
  effect: async (trx, registered, _state, { actor, now }) => {
    await insertRegistration(trx, actor.tenant, { ...registered, by: actor.id, at: now });
    return { result: registered, record: registered };
  },
});
