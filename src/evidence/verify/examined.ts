import { type Contract, readContract } from './contract/contract.ts';
import { type Judgement, judge } from './contract/judge.ts';
import { readVerdict, type Verdict } from './contract/verdict.ts';
import { waiversIn } from './contract/waivers.ts';
import { builtProblem } from './ledger/built.ts';
import { type LedgerView, viewLedger } from './ledger/view.ts';
import { inheritedItem, type Line } from './line.ts';
import type { Item } from './read/item.ts';
import type { ArtifactRecord, Manifest } from './read/manifest.ts';
import type { ReadBundle } from './read/read-bundle.ts';
import { fail, known, type Outcome, outcomeOf } from './report.ts';

/** A bundle whose manifest could be read, with what its parts come to. Every check looks at this and at nothing else. */
export type Examined = {
  readonly bundle: ReadBundle;
  readonly manifest: Manifest;
  readonly line: Line;
  readonly ledger: LedgerView;
  readonly contract: Outcome<Contract>;
  readonly verdict: Outcome<Verdict>;
  /** By us, from the items. */
  readonly judgement: Outcome<Judgement>;
  itemOf(record: ArtifactRecord): Outcome<Item>;
  /** The file of that kind, of the few that are held. */
  bytesOf(kind: string): Outcome<Buffer>;
};

export function examine(bundle: ReadBundle, manifest: Manifest, line: Line, heldKey: string | undefined): Examined {
  const itemOf = (record: ArtifactRecord) => (record.from === undefined ? ownItem(bundle, record) : inheritedItem(line, record));
  const bytesOf = (kind: string) =>
    outcomeOf(() => {
      const record = manifest.artifacts.find((item) => item.kind === kind) ?? fail(`there is nothing of kind \`${kind}\``);
      return known(itemOf(record)).bytes ?? fail(`\`${record.name}\` could not be read`);
    });
  const ledger = viewLedger(manifest, { checkpoint: bytesOf('ledger-checkpoint'), proofs: bytesOf('ledger-proofs') }, heldKey);
  const contract = outcomeOf(() => readContract(known(bytesOf('contract'))));
  const verdict = outcomeOf(() => readVerdict(known(bytesOf('verdict'))));
  const judgement = outcomeOf(() =>
    judge(known(contract), {
      manifest,
      built: manifest.ledger.built !== null && builtProblem(manifest, ledger) === undefined,
      waivers: waiversIn(ledger.entries.values(), manifest),
    }),
  );
  return { bundle, manifest, line, ledger, contract, verdict, judgement, itemOf, bytesOf };
}

function ownItem({ items }: ReadBundle, { name }: ArtifactRecord): Outcome<Item> {
  const item = items.get(name);
  return item === undefined ? { ok: false, reason: `there is no file \`${name}\`` } : { ok: true, value: item };
}
