import type { PolicyEngine } from './engine.ts';

/**
 * Which policy decides for whom in this process: the one that a tenant made active, else the one that ships. Whoever decides takes
 * an engine once and keeps it to the end of the action, so that a change in between mixes nothing.
 */
export class PolicyRegistry {
  readonly builtIn: PolicyEngine;
  readonly #adopted = new Map<string, PolicyEngine>();

  constructor(builtIn: PolicyEngine) {
    this.builtIn = builtIn;
  }

  engineFor(tenant: string): PolicyEngine {
    return this.#adopted.get(tenant) ?? this.builtIn;
  }

  /** From the next action on, this policy decides for the tenant. */
  adopt(tenant: string, engine: PolicyEngine): void {
    this.#adopted.set(tenant, engine);
  }
}
