import { z } from 'zod';
import { newId } from '../../core/index.ts';
import { type AnyCommand, defineCommand } from '../../govern/index.ts';
import { insertVerdict, moveOrchestration } from '../orchestration-store.ts';
import { currentPlanHash, justificationArg, loadOrchestration, orchestrationIdArg } from './parts.ts';

/** `orchestration.reject`: it will not be done; the next attempt is a new proposal. */
export const reject: AnyCommand = defineCommand({
  action: 'orchestration.reject',
  args: z.strictObject({ orchestrationId: orchestrationIdArg, justification: justificationArg }),
  personal: ['justification'],
  load: (trx, { orchestrationId, justification }, scope) => loadOrchestration(trx, orchestrationId, scope, { justification }),
  effect: async (trx, { justification }, orchestration, { actor, now, policy, seal }) => {
    const id = newId('approval', now);
    const planHash = currentPlanHash(orchestration, policy.digest);
    await insertVerdict(trx, actor.tenant, orchestration.id, {
      id,
      verdict: 'REJECTED',
      planHash,
      actor: actor.id,
      justification: seal(justification, { column: 'approval.justification', row: id }),
      at: now,
    });
    await moveOrchestration(trx, actor.tenant, orchestration.id, { stage: 'APPROVE', status: 'REJECTED' });
    return { result: { orchestrationId: orchestration.id }, record: { approvalId: id, status: 'REJECTED', planHash, justification } };
  },
});
