import { type TenantId, tenantId } from '../../src/core/index.ts';
import type { Break } from './breaks.ts';
import type { Outage } from './report.ts';

export type ChaosOptions = {
  readonly rounds: number;
  readonly seed: number;
  /** How long a round lets the load run before it strikes, at most. */
  readonly secondsPerRound: number;
  /** Damage done at the end, each alone and undone again: the check must report every one. */
  readonly breaks?: readonly Break[];
  /** Ends the rounds early, in peace. */
  readonly signal?: AbortSignal;
  readonly onRound?: (round: number, outage: Outage) => void;
};

export const slots: readonly number[] = [0, 1, 2, 3];
export const logs: readonly TenantId[] = ['chaos-a', 'chaos-b', 'chaos-c'].map(tenantId);
/** Clients of each gateway that call at once. */
export const callers = 6;
/** The first gateway answers `PENDING` early, so that this way is taken often; the others wait as the configuration that ships does. */
export const waitOf = (slot: number): number => (slot === 0 ? 20 : 2_000);
