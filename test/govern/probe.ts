import { z } from 'zod';
import type { JsonObject } from '../../src/core/index.ts';
import { type AnyCommand, type Command, defineCommand, type Effect, knownResource, type Scope } from '../../src/govern/index.ts';
import type { Trx } from '../../src/storage/index.ts';
import { why } from '../support/world.ts';

const args = z.strictObject({
  n: z.int().default(0),
  justification: z.string().default(why),
  extra: z.custom<unknown>(() => true).optional(),
});
export type ProbeArgs = z.infer<typeof args>;
export type ProbeSteps = {
  readonly load?: (trx: Trx, args: ProbeArgs, scope: Scope) => Promise<void>;
  readonly effect?: (trx: Trx, args: ProbeArgs, scope: Scope) => Promise<void>;
  readonly done?: (args: ProbeArgs) => Effect<JsonObject>;
};

/**
 * A command whose steps a test fills in. It stands under `flag.set`, so the real policy decides: an sre may, a viewer may not,
 * and a short justification is a denial. Its effect writes one flag a call.
 */
export function probe(steps: ProbeSteps = {}): AnyCommand {
  const command: Command<ProbeArgs, object, JsonObject> = {
    action: 'flag.set',
    args,
    load: async (trx, parsed, scope) => {
      await steps.load?.(trx, parsed, scope);
      const resource = knownResource(scope, { type: 'flag', id: `probe-${parsed.n}`, purpose: 'operations' });
      return { resource, facts: { request: { justification: parsed.justification } }, state: {} };
    },
    effect: async (trx, parsed, _state, scope) => {
      await writeFlag(trx, scope, `probe-${parsed.n}.${scope.decisionId}`);
      await steps.effect?.(trx, parsed, scope);
      return steps.done?.(parsed) ?? { result: { n: parsed.n }, record: { did: parsed.n } };
    },
  };
  return defineCommand(command);
}

export async function writeFlag(trx: Trx, scope: Scope, key: string): Promise<void> {
  const { actor, now } = scope;
  await trx
    .insertInto('flag')
    .values({ tenant: actor.tenant, key, enabled: true, rate_limit: null, reason: '', set_by: actor.id, set_at: now })
    .execute();
}
