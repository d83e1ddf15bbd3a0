import { systemClock } from '../../core/index.ts';
import { type GivenContract, readGivenContract } from './contract/contract.ts';
import { EvidenceVerifyError } from './errors.ts';
import { readKeyFile } from './key.ts';
import type { VerifyPolicy } from './policy.ts';
import { type Signers, signersOfKeys } from './signers/index.ts';

/** What a bundle is held against. */
export type Trust = {
  readonly signers: Signers;
  /** How many different signers the manifest must have. */
  readonly threshold: number;
  /** The log's verifier key, as it was handed over. */
  readonly ledgerKey: string | undefined;
  readonly contract: GivenContract | undefined;
  /** Predicate types. */
  readonly required: readonly string[];
  readonly maxAgeDays: number | undefined;
  readonly now: Date;
};

export type TrustRequest = {
  readonly policy?: VerifyPolicy | undefined;
  /** Public keys in PEM, each of which is trusted. */
  readonly keyFiles?: readonly string[] | undefined;
  readonly ledgerKeyFile?: string | undefined;
  readonly contractFile?: string | undefined;
  readonly maxAgeDays?: number | undefined;
  readonly now?: Date | undefined;
};

/** What is given by itself goes before what the policy says. @throws EvidenceVerifyError */
export function readTrust({ policy, keyFiles = [], ledgerKeyFile, contractFile, maxAgeDays, now }: TrustRequest): Trust {
  const contract = contractFile ?? policy?.contractFile ?? undefined;
  return {
    signers: signersOf(policy, keyFiles),
    threshold: policy?.threshold ?? 1,
    ledgerKey: ledgerKeyFile === undefined ? (policy?.ledgerKey ?? undefined) : readKeyFile(ledgerKeyFile),
    contract: contract === undefined ? undefined : readGivenContract(contract),
    required: policy?.required ?? [],
    maxAgeDays: maxAgeDays ?? policy?.maxAgeDays ?? undefined,
    now: now ?? systemClock.now(),
  };
}

function signersOf(policy: VerifyPolicy | undefined, keyFiles: readonly string[]): Signers {
  if ((policy === undefined) === keyFiles.length > 0) return policy === undefined ? signersOfKeys(keyFiles) : policy.signers;
  const both = policy !== undefined;
  throw new EvidenceVerifyError('evidence.verify.no_signer', both ? 'keys and a policy are given' : 'nobody is trusted to have signed', {
    remedy: both ? 'name the keys in the policy' : 'give the public key of the signer with --key, or a policy with --policy',
  });
}
