import { z } from 'zod';
import { type AnyCommand, defineCommand, knownResource } from '../govern/index.ts';
import { type Flag, lockFlag, upsertFlag } from './store.ts';

const args = z.strictObject({
  key: z
    .string()
    .regex(/^[a-z][a-z0-9]*([.-][a-z0-9]+)*$/, 'must be lower-case words joined by . or -')
    .max(100),
  enabled: z.boolean(),
  rateLimit: z.int().min(0).max(1_000_000).nullish(),
  justification: z.string().max(2_000),
});

/** `flag.set`: switches a feature, throttles it, or engages the kill switch. A flag comes to be when it is first set. */
export const setFlag: AnyCommand = defineCommand({
  action: 'flag.set',
  args,
  personal: ['justification'],
  load: async (trx, { key, justification }, scope) => ({
    resource: knownResource(scope, { type: 'flag', id: key, purpose: 'operations' }),
    facts: { request: { justification } },
    state: { before: (await lockFlag(trx, scope.actor.tenant, key)) ?? null },
  }),
  effect: async (trx, { key, enabled, rateLimit, justification }, { before }, { actor, now, seal }) => {
    const reason = seal(justification, { column: 'flag.reason', row: key });
    const flag: Flag = { key, enabled, rateLimit: rateLimit ?? null, reason, setBy: actor.id, setAt: now };
    await upsertFlag(trx, actor.tenant, flag);
    return { result: { key }, record: { key, before: before && settingOf(before), after: settingOf(flag) } };
  },
});

function settingOf(flag: Flag): { enabled: boolean; rateLimit: number | null } {
  return { enabled: flag.enabled, rateLimit: flag.rateLimit };
}
