import { z } from 'zod';
import { type JsonObject, newId } from '../core/index.ts';
import { type AnyCommand, type Decision, defineCommand, knownResource, type Scope } from '../govern/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Trx } from '../storage/index.ts';
import type { Metrics } from '../telemetry/index.ts';
import { type Erased, subjectOf, type Vault } from '../vault/index.ts';

const ACTION = 'privacy.erase_subject';

const args = z.strictObject({
  /** `person:<actor id>`. */
  subject: z
    .string()
    .max(300)
    .regex(/^person:[^\p{Cc}]+$/u, 'must be `person:` and the id of an actor'),
  justification: z.string().max(2_000),
});

/**
 * `privacy.erase_subject`: what a person wrote until now is readable for nobody any more, in rows, in the ledger and in backups, and the
 * ledger still verifies. Who they are in other entries, their actor id, stays: it is who answers for what was done.
 */
export function eraseSubject(ledger: Pick<Ledger, 'append'>, vault: Vault): AnyCommand {
  return defineCommand<z.infer<typeof args>, object, { subject: string; keys: number; disclosures: number }>({
    action: ACTION,
    args,
    personal: ['justification'],
    // Known, whoever it is: whether a person ever wrote here is not told by a denial.
    load: async (_trx, { subject, justification }, scope) => ({
      resource: knownResource(scope, { type: 'person', id: subject.slice(subjectOf('').length), purpose: 'privacy' }),
      facts: { request: { justification } },
      state: {},
    }),
    effect: async (trx, { subject, justification }, _state, scope) => {
      const erased = await vault.erase(trx, { tenant: scope.actor.tenant, subject });
      if (erased.keys + erased.disclosures > 0) await appendErased(trx, ledger, subject, erased, scope);
      return { result: { subject, ...erased }, record: { subject, ...erased, justification } };
    },
  });
}

/** A fact of its own in the log, found by its type: the action itself may also have been denied, or have found nothing. */
async function appendErased(trx: Trx, ledger: Pick<Ledger, 'append'>, subject: string, erased: Erased, scope: Scope): Promise<void> {
  const { actor, now, decisionId } = scope;
  await ledger.append(trx, actor.tenant, {
    id: newId('entry', now),
    ts: now.toISOString(),
    type: 'subject.erased',
    subject,
    actor: { id: actor.id, kind: actor.kind },
    data: { decisionId, ...erased },
  });
}

/** Counts erasures that found something. */
export function countErasures(metrics: Metrics): (decision: Decision, result: JsonObject | null) => void {
  return ({ action }, result) => {
    if (action === ACTION && Number(result?.['keys']) > 0) metrics.erasures.inc();
  };
}
