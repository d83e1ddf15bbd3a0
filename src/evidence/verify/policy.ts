import type { Signers } from './signers/index.ts';

/** What the policy file says (docs/evidence-format.md). */
export type VerifyPolicy = {
  readonly signers: Signers;
  readonly threshold: number;
  readonly ledgerKey: string | null;
  readonly contractFile: string | null;
  readonly required: readonly string[];
  readonly maxAgeDays: number | null;
};
