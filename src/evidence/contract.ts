import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot, readYaml } from '../config/index.ts';
import { EvidenceError } from './errors.ts';

const contractSchema = z.strictObject({
  required: z.array(z.string().min(1)).min(1),
  policyCoverage: z.strictObject({ minimumPercent: z.number().min(0).max(100) }),
  decisionLog: z.strictObject({ minimumDecisions: z.int().min(0) }),
});

/** What a release must show. */
export type Contract = z.infer<typeof contractSchema>;
/** What was asked for, and what of it is not there. A bundle with something missing is never written. */
export type Verdict = { readonly required: readonly string[]; readonly missing: readonly string[] };

/** The file given, else the one that ships with us. @throws ConfigError */
export function readContract(file: string | undefined): Contract {
  return readYaml(file ?? join(packageRoot(), 'evidence', 'contract.yaml'), contractSchema);
}

/** What the items measure up to, apart from being there. */
export type Measured = { readonly coveragePercent: number; readonly decisions: number };

/**
 * Judges a bundle before it is written.
 *
 * @throws EvidenceError `evidence.item_missing`, `evidence.contract_unmet`
 */
export function judge(contract: Contract, present: readonly string[], measured: Measured): Verdict {
  const required = contract.required.toSorted();
  const missing = required.filter((name) => !present.includes(name));
  if (missing.length > 0) {
    throw new EvidenceError('evidence.item_missing', `the contract requires \`${missing.join('`, `')}\`, which the bundle would not have`, {
      remedy: 'provide the item, or change what evidence/contract.yaml requires',
    });
  }
  const { minimumPercent } = contract.policyCoverage;
  if (measured.coveragePercent < minimumPercent)
    throw unmet(`policy coverage is ${measured.coveragePercent} %, at least ${minimumPercent} % is required`);
  const { minimumDecisions } = contract.decisionLog;
  if (measured.decisions < minimumDecisions)
    throw unmet(`the ledger has ${measured.decisions} decisions, at least ${minimumDecisions} are required`);
  return { required, missing };
}

function unmet(what: string): EvidenceError {
  return new EvidenceError('evidence.contract_unmet', what, {
    remedy: 'correct that before the release, or change evidence/contract.yaml',
  });
}
