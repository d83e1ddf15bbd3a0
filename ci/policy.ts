import { writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { required, StepError, say, step } from './step.ts';

const usage = `node ci/policy.ts --out FILE (--key FILE | --identity WHO --issuer URL --trusted-root FILE) [--ledger-key FILE]

Writes a policy for \`ig-evidence verify --policy\`: whose signature counts (docs/evidence-format.md, "The policy file").`;

/** Whose signature counts: of a key, or of an identity by the authorities of a trusted root. */
export type Trusted = { readonly key: string } | { readonly identity: string; readonly issuer: string; readonly trustedRoot: string };

/** Files are named from where the policy is. JSON is YAML as well. */
export function writePolicy(out: string, trusted: Trusted, ledgerKey: string | undefined): void {
  const named = (file: string) => relative(dirname(resolve(out)), resolve(file));
  const signers =
    'key' in trusted
      ? { keys: [{ file: named(trusted.key) }] }
      : { identities: [{ issuer: trusted.issuer, subject: trusted.identity }], trustedRoot: named(trusted.trustedRoot) };
  const policy = { format: 1, signers, ...(ledgerKey === undefined ? {} : { ledger: { key: named(ledgerKey) } }) };
  writeFileSync(out, `${JSON.stringify(policy, null, 2)}\n`);
}

await step(import.meta.url, {
  usage,
  options: {
    out: { type: 'string' },
    key: { type: 'string' },
    identity: { type: 'string' },
    issuer: { type: 'string' },
    'trusted-root': { type: 'string' },
    'ledger-key': { type: 'string' },
  },
  run: async ({ values: { out: file, key, identity, issuer, 'trusted-root': trustedRoot, 'ledger-key': ledgerKey } }) => {
    const out = required('--out', file);
    if ((key === undefined) === (identity === undefined)) throw new StepError('step.usage', 'give one of --key and --identity');
    writePolicy(out, key === undefined ? byIdentity(identity, issuer, trustedRoot) : { key }, ledgerKey);
    say(`the policy is in ${out}`);
  },
});

function byIdentity(identity: string | undefined, issuer: string | undefined, trustedRoot: string | undefined): Trusted {
  return {
    identity: required('--identity', identity),
    issuer: required('--issuer', issuer),
    trustedRoot: required('--trusted-root', trustedRoot),
  };
}
