import { z } from 'zod';
import { isTenantId, type TenantId } from '../../src/core/index.ts';

/** What a load process is told when it shall begin. */
export type LoadSettings = {
  /** Its number, from 0; a restarted one continues the journal of its number. */
  readonly slot: number;
  /** Folder of the run; `gateway-<slot>/` in it is the data folder of this gateway. */
  readonly folder: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly keyFile: string;
  readonly logs: readonly TenantId[];
  /** How many clients call at once. */
  readonly callers: number;
  readonly waitMilliseconds: number;
};

const tenant = z.string().refine(isTenantId);
const settings: z.ZodType<LoadSettings> = z.strictObject({
  slot: z.int(),
  folder: z.string(),
  ownerUrl: z.string(),
  appUrl: z.string(),
  keyFile: z.string(),
  logs: z.array(tenant),
  callers: z.int(),
  waitMilliseconds: z.int(),
});

/** Supervisor to load process. */
export const toLoad = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('go'), settings }),
  z.strictObject({ kind: z.literal('finish') }),
]);
export type ToLoad = z.infer<typeof toLoad>;

/** Load process to supervisor: `acknowledged` names the logs in which entries were just placed, told and written down. */
export const fromLoad = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ready') }),
  z.strictObject({ kind: z.literal('acknowledged'), logs: z.array(tenant) }),
]);
export type FromLoad = z.infer<typeof fromLoad>;

export const journalOf = (folder: string, slot: number): string => `${folder}/client-${slot}.jsonl`;
