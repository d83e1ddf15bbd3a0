import { z } from 'zod';
import { newId } from '../../core/index.ts';
import { type AnyCommand, defineCommand } from '../../govern/index.ts';
import { underBreakGlass } from '../break-glass/index.ts';
import { insertVerdict, moveOrchestration } from '../orchestration-store.ts';
import { justificationArg, loadOrchestration, orchestrationIdArg, planHashArg } from './parts.ts';

/** `orchestration.approve`: a second person looked at exactly this plan. */
export const approve: AnyCommand = defineCommand({
  action: 'orchestration.approve',
  args: z.strictObject({ orchestrationId: orchestrationIdArg, planHash: planHashArg, justification: justificationArg }),
  personal: ['justification'],
  load: async (trx, { orchestrationId, planHash, justification }, scope) =>
    underBreakGlass(trx, await loadOrchestration(trx, orchestrationId, scope, { planHash, justification }), scope),
  effect: async (trx, { planHash, justification }, orchestration, { actor, now, seal }) => {
    const id = newId('approval', now);
    await insertVerdict(trx, actor.tenant, orchestration.id, {
      id,
      verdict: 'APPROVED',
      planHash,
      actor: actor.id,
      justification: seal(justification, { column: 'approval.justification', row: id }),
      at: now,
    });
    await moveOrchestration(trx, actor.tenant, orchestration.id, { stage: 'APPROVE', status: 'APPROVED' });
    return { result: { orchestrationId: orchestration.id }, record: { approvalId: id, status: 'APPROVED', planHash, justification } };
  },
});
