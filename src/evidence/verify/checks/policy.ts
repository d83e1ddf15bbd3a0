import type { Examined } from '../examined.ts';
import { listed } from '../form.ts';
import { builtEntry } from '../ledger/built.ts';
import { MANIFEST_STATEMENT, statementFileOf } from '../names.ts';
import type { Statement } from '../read/signed.ts';
import { type Check, check, ensure, type Outcome, outcomeOf } from '../report.ts';
import type { SignedBy } from '../signers/index.ts';
import { distinct } from './manifest.ts';
import { signerOf } from './signers.ts';

const DAY = 86_400_000;

/** @param maxAgeDays undefined where nobody asks */
export function checkAge({ manifest }: Examined, maxAgeDays: number | undefined, now: Date): Check[] {
  if (maxAgeDays === undefined) return [];
  return [
    check('policy.age', 'manifest.json', () => {
      const age = now.getTime() - Date.parse(manifest.at);
      ensure(age >= 0, `it is of ${manifest.at}, which is yet to come`);
      ensure(age <= maxAgeDays * DAY, `it is of ${manifest.at}, more than ${maxAgeDays} days ago`);
      return `${Math.floor(age / DAY)} days old`;
    }),
  ];
}

/** About what the bundle has now: a parent's statement counts for what is taken over from there, not for what was replaced since. */
export function checkRequired(examined: Examined, required: readonly string[]): Check[] {
  if (required.length === 0) return [];
  return [
    check('policy.required', 'statements', () => {
      const types = new Set(
        statementsNow(examined).flatMap((found) => (found?.ok && found.value.signed.ok ? [found.value.predicateType] : [])),
      );
      const absent = required.filter((type) => !types.has(type));
      ensure(absent.length === 0, `there is no statement of type ${listed(absent)}`);
      return `all ${required.length} types`;
    }),
  ];
}

function statementsNow({ bundle, manifest, line }: Examined): (Statement | undefined)[] {
  const holders = new Map([bundle, ...line.parents].map((one) => [one.digest, one.statements]));
  const ofItems = manifest.artifacts.map(({ name, from }) => holders.get(from ?? bundle.digest)?.get(statementFileOf(name)));
  return [...ofItems, bundle.statements.get(MANIFEST_STATEMENT)];
}

/**
 * A key that was lost signs for whoever found it. What it signed before counts all the same, where the ledger had the bundle before:
 * what the bundle says of its own time is what the finder says.
 */
export function checkRevoked(examined: Examined, threshold: number): Check[] {
  const { bundle, manifest } = examined;
  const signed = (all: Iterable<Outcome<SignedBy>>) => [...all].flatMap((item) => valid(outcomeOf(() => signerOf(item, manifest.at))));
  const signatures = signed([...bundle.signatures.values()].flatMap((found) => (found.ok ? [found.value.signed] : [])));
  const statements = signed([...bundle.statements.values()].flatMap((found) => (found.ok ? [found.value.signed] : [])));
  if (![...signatures, ...statements].some(({ revoked }) => revoked !== null)) return [];
  return [
    check('policy.revoked', 'signatures', () => {
      const builtAt = builtTime(examined);
      const lost = [...signatures, ...statements].filter((signer) => !counts(signer, builtAt));
      const left = distinct(signatures.filter((signer) => counts(signer, builtAt)));
      const reasons = [
        ...new Set(lost.map(({ label, revoked }) => `${label}, revoked at ${revoked?.at.toISOString()}: ${revoked?.reason}`)),
      ];
      const unvouched = statements.some((signer) => !counts(signer, builtAt));
      ensure(
        left >= threshold && !unvouched,
        `it is signed by ${reasons.join('; ')}; the ledger does not show that the bundle was there before`,
      );
      return lost.length === 0 ? 'the ledger had the bundle before the key was revoked' : 'enough signatures are of other keys';
    }),
  ];
}

function valid(outcome: Outcome<SignedBy>): SignedBy[] {
  return outcome.ok ? [outcome.value] : [];
}

function counts({ revoked }: SignedBy, builtAt: Date | undefined): boolean {
  return revoked === null || (builtAt !== undefined && builtAt < revoked.at);
}

/** Only by a ledger key that was handed over: the one in the manifest is the signer's word. */
function builtTime({ manifest, ledger }: Examined): Date | undefined {
  const entry = outcomeOf(() => builtEntry(manifest, ledger));
  return ledger.keyIsHeld && ledger.checkpoint.ok && entry.ok ? new Date(entry.value.ts) : undefined;
}
