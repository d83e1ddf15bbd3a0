import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { messageOf } from '../../core/index.ts';
import { EvidenceVerifyError } from './errors.ts';
import { readKeyFile } from './key.ts';
import { signersOfPolicy } from './signers/of-policy.ts';
import { policySchema } from './signers/policy-schema.ts';
import type { Signers } from './signers/signers.ts';

/** What a verifier asks of a bundle, beside that it agrees with itself. */
export type VerifyPolicy = {
  readonly signers: Signers;
  /** How many different signers must have signed the manifest. */
  readonly threshold: number;
  /** The ledger's verifier key, as text. */
  readonly ledgerKey: string | null;
  readonly contractFile: string | null;
  /** Predicate types of which there must be statements. */
  readonly required: readonly string[];
  readonly maxAgeDays: number | null;
};

/**
 * Reads a policy file (docs/evidence-format.md); paths in it are relative to it.
 *
 * @throws EvidenceVerifyError `evidence.verify.policy_unreadable`, `evidence.verify.policy_malformed` with file and path, and what
 * is wrong with a key or a trusted root that it names
 */
export function readPolicy(file: string): VerifyPolicy {
  const parsed = policySchema.safeParse(parseYaml(file, read(file)));
  if (!parsed.success) throw malformed(file, problemsOf(parsed.error));
  const { signers, ledger, contract, required, maxAgeDays } = parsed.data;
  const at = (path: string) => resolve(dirname(file), path);
  const trusted = signersOfPolicy(signers, at);
  const listed = trusted.keys.size + trusted.identities.length;
  if (signers.threshold > listed)
    throw malformed(file, `\`signers.threshold\` is ${signers.threshold}, and only ${listed} signers are listed`);
  return {
    signers: trusted,
    threshold: signers.threshold,
    ledgerKey: ledger === undefined ? null : readKeyFile(at(ledger.key)),
    contractFile: contract === undefined ? null : at(contract),
    required,
    maxAgeDays: maxAgeDays ?? null,
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new EvidenceVerifyError('evidence.verify.policy_unreadable', `cannot read the policy \`${file}\`: ${messageOf(cause)}`, {
      cause,
      remedy: 'correct --policy',
    });
  }
}

/** YAML 1.2 without a key given twice. */
function parseYaml(file: string, text: string): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const [fault] = [...document.errors, ...document.warnings];
  if (fault !== undefined) throw malformed(file, `line ${lineCounter.linePos(fault.pos[0]).line}: ${fault.message}`, fault);
  try {
    return document.toJS();
  } catch (cause) {
    throw malformed(file, messageOf(cause), cause);
  }
}

function problemsOf(error: z.ZodError): string {
  return error.issues.map((issue) => `\`${z.core.toDotPath(issue.path) || '(top level)'}\`: ${issue.message}`).join('; ');
}

function malformed(file: string, why: string, cause?: unknown): EvidenceVerifyError {
  return new EvidenceVerifyError('evidence.verify.policy_malformed', `\`${file}\` is not a policy: ${why}`, {
    cause,
    remedy: 'correct what is named; docs/evidence-format.md has the form of a policy file',
  });
}
