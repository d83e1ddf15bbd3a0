import type { JsonObject } from '../../../core/index.ts';
import type { GivenContract } from '../contract/contract.ts';
import type { Judgement } from '../contract/judge.ts';
import type { Verdict } from '../contract/verdict.ts';
import { waiverIn } from '../contract/waivers.ts';
import type { Examined } from '../examined.ts';
import { hexOf, listed, sameJson } from '../form.ts';
import type { Manifest } from '../read/manifest.ts';
import { type Check, check, ensure, fail, known } from '../report.ts';

const CONTRACT = 'contract.json';
const VERDICT = 'verdict.json';

/** The contract of the bundle, what the builder says came of it, and what comes of it when we apply it. */
export function checkContract(examined: Examined, given: GivenContract | undefined): Check[] {
  const { contract, verdict, judgement, manifest } = examined;
  return [
    check('contract.form', CONTRACT, () => checkForm(examined)),
    ...(given === undefined
      ? []
      : [check('contract.expected', CONTRACT, () => checkExpected(known(contract), given(manifest.kind), manifest))]),
    check('contract.verdict', VERDICT, () => checkVerdict(known(verdict), known(judgement), manifest)),
    check('contract.waivers', VERDICT, () => checkWaivers(known(verdict), examined)),
  ];
}

/** Not of a parent: that it fell short is why there is a delta. */
export function checkMet({ judgement, manifest }: Examined): Check {
  return check('contract.met', VERDICT, () => {
    const { result, missing, required } = known(judgement);
    ensure(result === 'PASSED', `the contract is not met: ${listed(missing)}`);
    ensure(manifest.contract.verdict === 'PASSED', 'the manifest says that it is not met');
    return `all ${required.length} that are required`;
  });
}

function checkForm({ contract, manifest, bytesOf }: Examined): string {
  const { kind, requirements } = known(contract);
  ensure(kind === manifest.kind, `it is for releases of kind \`${kind}\`, this one is \`${manifest.kind}\``);
  const digest = `sha256:${hexOf(known(bytesOf('contract')))}`;
  ensure(digest === manifest.contract.digest, `it is ${digest}, the manifest says ${manifest.contract.digest}`);
  return `${requirements.length} requirements for releases of kind \`${kind}\``;
}

function checkExpected(contract: JsonObject, expected: JsonObject | undefined, { kind }: Manifest): string {
  if (expected === undefined) return fail(`the contract given says nothing of releases of kind \`${kind}\``);
  ensure(sameJson(contract, expected), 'it is not the contract that was given');
  return `the one given, for releases of kind \`${kind}\``;
}

function checkVerdict(verdict: Verdict, judgement: Judgement, { release, kind, at, contract }: Manifest): string {
  const { requirements, result, ...head } = verdict;
  ensure(sameJson(head, { format: 1, release, kind, at, contract: contract.digest }), 'it is of another release, time or contract');
  const plain = (items: readonly { id: string; outcome: string }[]) => items.map(({ id, outcome }) => `${id} ${outcome}`);
  const [said, found] = [plain(requirements), plain(judgement.requirements)];
  const differing = found.filter((text, index) => text !== said[index]);
  ensure(sameJson(said, found), `judged again: ${differing.length === 0 ? 'fewer requirements' : differing.join(', ')}; it says otherwise`);
  for (const [index, { waiver, id }] of judgement.requirements.entries()) {
    const of = requirements[index]?.waiver ?? null;
    const ours = waiver === null ? null : { ...waiver, requirement: id };
    ensure(sameJson(of === null ? null : { ...of, requirement: id }, ours), `\`${id}\` is waived by another entry than it says`);
  }
  const { required, missing } = judgement;
  const agreed = { digest: contract.digest, verdict: judgement.result, required, missing };
  ensure(result === judgement.result, `judged again: ${judgement.result}; it says ${result}`);
  ensure(
    sameJson(contract, agreed),
    `judged again: ${judgement.result}, missing ${listed(missing) || 'nothing'}; the manifest says otherwise`,
  );
  return `judged again: ${result}`;
}

function checkWaivers({ requirements }: Verdict, { ledger, manifest }: Examined): string {
  let count = 0;
  for (const { id, outcome, waiver } of requirements) {
    ensure((waiver !== null) === (outcome === 'waived'), `\`${id}\` is ${outcome} and ${waiver === null ? 'has no' : 'has a'} waiver`);
    if (waiver === null) continue;
    count += 1;
    const entry = ledger.entries.get(waiver.seq) ?? fail(`the waiver of \`${id}\`, entry ${waiver.seq}, is not proven`);
    const proven = waiverIn(entry, manifest);
    ensure(proven.requirement === id, `entry ${waiver.seq} waives \`${proven.requirement}\`, not \`${id}\``);
    ensure(sameJson({ ...waiver, requirement: id }, proven), `the waiver of \`${id}\` is not what entry ${waiver.seq} says`);
  }
  return count === 0 ? 'none' : `${count}, proven`;
}
