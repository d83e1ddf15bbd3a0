import { z } from 'zod';
import { isId, isJsonObject, type JsonObject, type RunId } from '../../core/index.ts';
import { type Loaded, type Scope, unknownResource } from '../../govern/index.ts';
import type { Trx } from '../../storage/index.ts';
import { aboutItsBreakGlass } from '../break-glass/index.ts';
import type { Orchestration } from '../model.ts';
import { loadOrchestration, orchestrationIdArg, PURPOSE } from './parts.ts';

/** What a finished run reports. */
export const runReport = z.strictObject({
  orchestrationId: orchestrationIdArg,
  runId: z.string().refine((id): id is RunId => isId('run', id), 'is not a run id'),
  succeeded: z.boolean(),
  answered: z.boolean(),
  detail: z.custom<JsonObject>(isJsonObject, 'must be an object'),
});
export type RunReport = z.infer<typeof runReport>;

/** Fencing: only the run that the orchestration waits for may report. An older one, late, finds nothing to report to. */
export async function loadRun(trx: Trx, report: RunReport, scope: Scope): Promise<Loaded<Orchestration>> {
  const loaded = await loadOrchestration(trx, report.orchestrationId, scope, undefined);
  if (loaded.state?.runId === report.runId) return aboutItsBreakGlass(trx, loaded, scope.actor.tenant);
  return unknownResource(scope, { type: 'run', id: report.runId, purpose: PURPOSE });
}
