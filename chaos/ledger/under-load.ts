import type { EmbeddedPostgres } from '../../src/storage/index.ts';
import { Fleet } from './fleet.ts';
import { applicationName } from './holder.ts';
import type { Inspection } from './inspection.ts';
import type { LoadSettings } from './messages.ts';
import { type ChaosOptions, callers, logs, slots, waitOf } from './options.ts';
import { Pulse } from './pulse.ts';
import { seeded } from './random.ts';
import type { Outage } from './report.ts';
import { runRounds } from './rounds.ts';

const FINISH_WITHIN_MS = 60_000;

export type Place = { readonly server: EmbeddedPostgres; readonly folder: string; readonly keyFile: string };

/** Starts the load, lets the rounds pass over it, and ends it in peace. */
export async function underLoad({ server, folder, keyFile }: Place, options: ChaosOptions, inspection: Inspection): Promise<Outage[]> {
  const settingsOf = (slot: number): LoadSettings => {
    const urls = { ownerUrl: server.url('owner'), appUrl: `${server.url('app')}?application_name=${applicationName(slot)}` };
    return { slot, folder, keyFile, ...urls, logs: [...logs], callers, waitMilliseconds: waitOf(slot) };
  };
  const pulse = new Pulse();
  const fleet = new Fleet(settingsOf, pulse, folder);
  try {
    for (const slot of slots) fleet.start(slot);
    const theatre = { fleet, random: seeded(options.seed), ownerUrl: server.url('owner'), postmaster: () => pidOf(server) };
    const outages = await runRounds({ ...options, theatre, pulse, inspection, logs });
    if (!(await fleet.finish(FINISH_WITHIN_MS))) inspection.contradictions.add('stuck', '*', 'a client could not finish what it had begun');
    return outages;
  } finally {
    fleet.killAll();
  }
}

function pidOf({ pid }: EmbeddedPostgres): number {
  if (pid === undefined) throw new Error('no postmaster runs');
  return pid;
}
