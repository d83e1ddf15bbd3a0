import type { FreezeSettings } from '../config/index.ts';

/** Whether a change freeze of the configuration holds for a tenant at a moment: from its start up to, not including, its end. */
export function freezeAt(
  freezes: readonly FreezeSettings[],
): (tenant: string, at: Date) => { active: boolean; until: string; reason: string } {
  return (tenant, at) => {
    const held = freezes.find((freeze) => freeze.tenant === tenant && new Date(freeze.from) <= at && at < new Date(freeze.until));
    return held === undefined ? { active: false, until: '', reason: '' } : { active: true, until: held.until, reason: held.reason };
  };
}
