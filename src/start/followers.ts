import { measureEvidence } from '../catalog/index.ts';
import type { KernelOptions } from '../govern/index.ts';
import { announceBreakGlass, measureOrchestrations } from '../incidents/index.ts';
import { countErasures } from '../privacy/index.ts';
import type { Database } from '../storage/index.ts';
import type { Telemetry } from '../telemetry/index.ts';
import { openShadow, type PolicyFiles } from './policies.ts';
import type { StopList } from './stop-list.ts';

/** Everyone who is told of each action once it is committed. */
export function openFollowers(
  policyFiles: PolicyFiles,
  database: Database,
  telemetry: Telemetry,
  stops: StopList,
): KernelOptions['onSettled'] & {} {
  const followers = [
    measureOrchestrations(telemetry.metrics),
    announceBreakGlass(telemetry),
    countErasures(telemetry.metrics),
    measureEvidence(telemetry.metrics),
    openShadow(policyFiles, database, telemetry, stops),
  ];
  return (...settled) => {
    for (const follow of followers) follow(...settled);
  };
}
