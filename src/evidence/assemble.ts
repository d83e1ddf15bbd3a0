import { digestOf } from '../core/index.ts';
import { type About, type Draft, recordOf } from './artifact.ts';
import { canonicalFile } from './canonical-file.ts';
import { contentDigest } from './content.ts';
import { judge, type Verdict } from './contract/judge.ts';
import { EvidenceError } from './errors.ts';
import { formOf } from './forms.ts';
import { guideText } from './layout/guide.ts';
import { pageText } from './layout/page.ts';
import { PartialFolder } from './layout/partial-folder.ts';
import { type Extract, extractLogs, type Registration } from './ledger/extract.ts';
import { proofsFile } from './ledger/proofs.ts';
import { type LedgerState, readLedger } from './ledger/state.ts';
import type { ArtifactRecord, Manifest } from './manifest.ts';
import { names } from './names.ts';
import type { Prepared } from './prepare.ts';

export type AssembleOptions = {
  /** A folder that does not exist yet, or is empty. */
  readonly out: string;
  readonly signal?: AbortSignal | undefined;
  /** Bytes of items copied, of how many. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
};

export type BuiltBundle = {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly manifestDigest: string;
  /** What the ledger is told of by `ig-evidence register`. */
  readonly content: string;
  readonly verdict: Verdict;
};

/** Writes a bundle: all of it or nothing. @throws EvidenceError */
export async function assemble(prepared: Prepared, options: AssembleOptions): Promise<BuiltBundle> {
  const folder = await PartialFolder.open(options.out, options.signal);
  try {
    const ledger = await readLedger(prepared.ledgerExport, prepared.ledgerKeyFile);
    const items = await writeItems(folder, prepared.drafts, options);
    const bundle = await complete(folder, prepared, ledger, [...items, ...prepared.inherited]);
    await folder.commit();
    return bundle;
  } finally {
    await folder.discard();
  }
}

async function writeItems(folder: PartialFolder, drafts: readonly Draft[], { onProgress }: AssembleOptions): Promise<ArtifactRecord[]> {
  const total = drafts.reduce((sum, draft) => sum + sizeOf(draft), 0);
  let done = 0;
  const advance = (count: number): void => {
    done += count;
    onProgress?.(done, total);
  };
  const records: ArtifactRecord[] = [];
  for (const draft of drafts) {
    const stored = 'bytes' in draft ? await folder.write(draft.name, draft.bytes) : await folder.copy(draft.name, draft.source, advance);
    if ('bytes' in draft) advance(draft.bytes.length);
    records.push(recordOf({ ...draft, ...('bytes' in draft ? {} : { summary: { bytes: stored.size } }) }, stored));
  }
  return records;
}

function sizeOf(draft: Draft): number {
  if ('bytes' in draft) return draft.bytes.length;
  const bytes = draft.summary?.['bytes'];
  return typeof bytes === 'number' ? bytes : 0;
}

/** Adds what the ledger tells, the verdict, and what people read. */
async function complete(
  folder: PartialFolder,
  prepared: Prepared,
  ledger: LedgerState,
  items: readonly ArtifactRecord[],
): Promise<BuiltBundle> {
  const { release, kind, at, source, parent } = prepared;
  const content = contentDigest({ release, kind, at, commit: source.commit, parent: parent?.manifest ?? null, artifacts: items });
  const extract = await extractLogs(prepared.ledgerExport, folder);
  const built = registrationOf(extract.built, { release, kind, content });
  const judged = [...items, ...extract.artifacts];
  const verdict = judge(prepared.contract, { release, at, artifacts: judged, built: built !== null, waivers: extract.waivers });
  const add = async (about: About, bytes: Buffer): Promise<ArtifactRecord> => recordOf(about, await folder.write(about.name, bytes));
  const artifacts = [
    ...judged,
    await add(aboutOwn('verdict'), verdictFile(prepared, verdict)),
    await add(aboutOwn('ledger-checkpoint'), ledger.checkpoint),
    await add(aboutOwn('ledger-proofs'), await proofs(prepared, ledger, extract, verdict, built)),
  ];
  const draft = manifestOf(prepared, ledger, artifacts, verdict, built);
  artifacts.push(await add(aboutOwn('guide'), Buffer.from(guideText(draft))));
  artifacts.push(await add(aboutOwn('page'), Buffer.from(pageText(draft, verdict))));
  const manifest = manifestOf(prepared, ledger, artifacts, verdict, built);
  const bytes = canonicalFile(manifest);
  await folder.write(names.manifest, bytes);
  return { folder: folder.target, manifest, manifestDigest: digestOf(bytes), content, verdict };
}

function aboutOwn(kind: string): About {
  const form = formOf(kind);
  return { name: form.file, form };
}

type Built = Manifest['ledger']['built'];

/** The first entry that told of exactly this content. */
function registrationOf(entries: readonly Registration[], told: { release: string; kind: string; content: string }): Built {
  const found = entries.find(({ effect }) => {
    if (typeof effect !== 'object' || effect === null) return false;
    const { release, kind, content } = { release: undefined, kind: undefined, content: undefined, ...effect };
    return release === told.release && kind === told.kind && content === told.content;
  });
  return found === undefined ? null : { seq: found.seq, entryId: found.entryId };
}

function verdictFile({ release, kind, at, contract }: Prepared, { result, requirements }: Verdict): Buffer {
  return canonicalFile({ format: 1, release, kind, at, contract: digestOf(canonicalFile(contract)), result, requirements });
}

function proofs(
  { ledgerExport, earlier }: Prepared,
  { root }: LedgerState,
  extract: Extract,
  verdict: Verdict,
  built: Built,
): Promise<Buffer> {
  const waivers = verdict.requirements.flatMap(({ waiver }) => (waiver === null ? [] : [waiver.seq]));
  const others = [...waivers, ...(built === null ? [] : [built.seq]), ...extract.erasedSeqs];
  return proofsFile(ledgerExport, root, { decisionSeqs: extract.decisionSeqs, others }, earlier);
}

function manifestOf(
  { release, kind, at, source, policy, contract, prevManifest, parent }: Prepared,
  { origin, size, root, verifierKey }: LedgerState,
  artifacts: readonly ArtifactRecord[],
  verdict: Verdict,
  built: Built,
): Manifest {
  return {
    format: 1,
    release,
    kind,
    at,
    source,
    artifacts: artifacts.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    provenance: `sha256:${provenanceIn(artifacts).sha256}`,
    signature: `cosign:${names.manifestSignature}`,
    ledger: { origin, size, root, verifierKey, checkpoint: names.checkpoint, proof: names.proofs, built, prevManifest },
    policy,
    contract: {
      digest: digestOf(canonicalFile(contract)),
      verdict: verdict.result,
      required: [...verdict.required],
      missing: [...verdict.missing],
    },
    parent,
  };
}

function provenanceIn(artifacts: readonly ArtifactRecord[]): ArtifactRecord {
  const [one, another] = artifacts.filter(({ kind }) => kind === 'provenance');
  if (one !== undefined && another === undefined) return one;
  throw new EvidenceError('evidence.name_taken', 'a bundle has exactly one item of kind `provenance`', {
    remedy: 'give one; others are items of kind `file`',
  });
}
