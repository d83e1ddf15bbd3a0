import type { Resource } from '../policy/index.ts';
import type { Loaded, Scope } from './command.ts';

type Described = Pick<Resource, 'type' | 'id' | 'purpose'> & Partial<Pick<Resource, 'region' | 'category' | 'severity'>>;

/** A resource of the actor's own tenant: row-level security shows no other. */
export function knownResource(scope: Pick<Scope, 'actor'>, described: Described): Resource {
  return { region: null, category: null, severity: null, ...described, tenant: scope.actor.tenant, known: true };
}

/** What a command loads when nothing has that id here: another tenant's id looks exactly the same. */
export function unknownResource(scope: Scope, described: Described): Loaded<never> {
  return { resource: { ...knownResource(scope, described), known: false }, facts: {}, state: null };
}
