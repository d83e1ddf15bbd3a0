import { digestOfJson, type JsonObject } from '../core/index.ts';
import type { Remedy } from './model.ts';

/**
 * What an approval binds to: the remedy, which dry run it was and what that said it would change, and the policy under which it was
 * looked at. Any drift in one of them is another plan, which needs another look; so does another dry run with the same result
 * (reference/incidents.md).
 */
export function planHash(remedy: Remedy, dryRun: JsonObject, policyDigest: string): string {
  const { adapter, operation, targets, parameters } = remedy;
  // What the agent would change, not how often it had to be asked.
  const difference = { runId: dryRun['runId'] ?? null, body: dryRun['body'] ?? null, bodyDigest: dryRun['bodyDigest'] ?? null };
  return digestOfJson({ adapter, operation, targets, parameters, difference, policy: policyDigest });
}
