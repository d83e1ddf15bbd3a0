import { digestOfJson, type JsonObject } from '../core/index.ts';
import type { Remedy } from './model.ts';

/**
 * What an approval binds to: the remedy, what the dry run said it would change, and the policy under which it was looked at.
 * Any drift in one of them is another plan, which needs another look (reference/incidents.md).
 */
export function planHash(remedy: Remedy, dryRun: JsonObject, policyRevision: string): string {
  const { adapter, operation, targets, parameters } = remedy;
  // What the agent would change, not how often it had to be asked.
  const difference = { body: dryRun['body'] ?? null, bodyDigest: dryRun['bodyDigest'] ?? null };
  return digestOfJson({ adapter, operation, targets, parameters, difference, policyRevision });
}
