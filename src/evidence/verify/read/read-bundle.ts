import { CodedError, digestOf, messageOf } from '../../../core/index.ts';
import { EvidenceVerifyError, interrupted } from '../errors.ts';
import { isManifestSignature, MANIFEST, MANIFEST_STATEMENT, MAX_MANIFEST, statementFileOf } from '../names.ts';
import { type Outcome, outcomeLater, outcomeOf } from '../report.ts';
import type { Signers } from '../signers/index.ts';
import type { BundleSource, Refusal, SourceFile } from '../source/source.ts';
import { bytesOf } from './content.ts';
import { type Item, readItem } from './item.ts';
import { type ArtifactRecord, type Manifest, readManifest } from './manifest.ts';
import { type ManifestSignature, readSignature, readStatement, type Statement } from './signed.ts';

/** Everything that verifying needs to know of a bundle, read once; of items no more than what they came to. */
export type ReadBundle = {
  readonly source: BundleSource;
  readonly refusals: readonly Refusal[];
  readonly manifest: Outcome<Manifest>;
  /** `sha256:<hex>` of manifest.json; null where there is none. */
  readonly digest: string | null;
  /** Names of all files. */
  readonly files: ReadonlySet<string>;
  readonly items: ReadonlyMap<string, Item>;
  /** By the name of their file. */
  readonly statements: ReadonlyMap<string, Statement>;
  readonly signatures: ReadonlyMap<string, ManifestSignature>;
};

export type ReadOptions = {
  readonly signers: Signers;
  readonly signal: AbortSignal | undefined;
  readonly advance: (bytes: number) => void;
};

/**
 * Reads a bundle in two passes, as an archive can only be read from its start: for the manifest, then for everything that it names. What
 * it does not name is not read. No file beyond 64 MiB is in memory as a whole, and of those only the few that are held against each other stay.
 *
 * @throws EvidenceVerifyError when the place cannot be read
 */
export async function readBundle(source: BundleSource, options: ReadOptions): Promise<ReadBundle> {
  try {
    return await read(source, options);
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    throw new EvidenceVerifyError('evidence.verify.bundle_unreadable', `cannot read \`${source.place}\`: ${messageOf(cause)}`, {
      cause,
      remedy: 'copy the bundle to a disk that can be read, and verify it there',
    });
  }
}

async function read(source: BundleSource, options: ReadOptions): Promise<ReadBundle> {
  const assertWanted = () => {
    if (options.signal?.aborted === true) throw interrupted();
  };
  const opening = await readOpening(source, assertWanted);
  const pass = new Pass(opening, options.signers);
  const advance = (bytes: number) => {
    assertWanted();
    options.advance(bytes);
  };
  for await (const file of source.files({ refuse: (refusal) => pass.refusals.push(refusal), advance })) {
    await pass.take(file);
    assertWanted();
  }
  const { manifest, bytes } = opening;
  const { refusals, files, items, statements, signatures } = pass;
  const digest = bytes === undefined ? null : digestOf(bytes);
  return { source, manifest: pass.changed ? unsteady : manifest, digest, refusals, files, items, statements, signatures };
}

/** manifest.json as the first pass finds it: everything else is held against it. */
type Opening = { readonly bytes: Buffer | undefined; readonly manifest: Outcome<Manifest> };

const unsteady: Outcome<Manifest> = { ok: false, reason: 'it changed while the bundle was read' };

async function readOpening(source: BundleSource, assertWanted: () => void): Promise<Opening> {
  for await (const file of source.files({ refuse: () => {}, advance: assertWanted })) {
    if (file.name !== MANIFEST) continue;
    const found = await outcomeLater(() => bytesOf(file, MAX_MANIFEST));
    return found.ok ? { bytes: found.value, manifest: outcomeOf(() => readManifest(found.value)) } : { bytes: undefined, manifest: found };
  }
  return { bytes: undefined, manifest: { ok: false, reason: `there is no file \`${MANIFEST}\`` } };
}

/** The second pass: what comes of each file as it goes by. */
class Pass {
  readonly refusals: Refusal[] = [];
  readonly files = new Set<string>();
  readonly items = new Map<string, Item>();
  readonly statements = new Map<string, Statement>();
  readonly signatures = new Map<string, ManifestSignature>();
  changed = false;
  readonly #opening: Opening;
  readonly #signers: Signers;
  readonly #records: ReadonlyMap<string, ArtifactRecord>;
  /** By the name of its file, how many bytes there are of what a statement is about. */
  readonly #statements: ReadonlyMap<string, number>;

  constructor(opening: Opening, signers: Signers) {
    this.#opening = opening;
    this.#signers = signers;
    const own = opening.manifest.ok ? ownRecords(opening.manifest.value) : [];
    this.#records = new Map(own.map((record) => [record.name, record]));
    const sizes = new Map(own.map(({ name, size }) => [statementFileOf(name), size]));
    this.#statements = new Map(statementFilesOf(own).map((file) => [file, sizes.get(file) ?? MAX_MANIFEST]));
  }

  async take(file: SourceFile): Promise<void> {
    const { name } = file;
    this.files.add(name);
    if (this.files.size === 1) this.#comparePacked(file);
    const [record, stated] = [this.#records.get(name), this.#statements.get(name)];
    if (record !== undefined) this.items.set(name, await readItem(file, record));
    else if (name === MANIFEST) await this.#compareManifest(file);
    else if (stated !== undefined) this.statements.set(name, await readStatement(file, stated, this.#signers));
    else if (isManifestSignature(name)) this.signatures.set(name, await readSignature(file, this.#opening.bytes, this.#signers));
  }

  async #compareManifest(file: SourceFile): Promise<void> {
    const again = await outcomeLater(() => bytesOf(file, MAX_MANIFEST));
    if (again.ok && this.#opening.bytes !== undefined) this.changed ||= !again.value.equals(this.#opening.bytes);
  }

  #comparePacked({ packed }: SourceFile): void {
    if (packed === undefined || !this.#opening.manifest.ok) return;
    const { release, at } = this.#opening.manifest.value;
    if (packed.folder !== `evidence-${release}`)
      this.refusals.push({
        check: 'archive.name',
        reason: `its folder is \`${packed.folder}\`, the release is \`${release}\``,
        final: false,
      });
    if (packed.seconds !== Math.floor(Date.parse(at) / 1_000))
      this.refusals.push({ check: 'archive.whole', reason: `its files are of another time than \`${at}\``, final: false });
  }
}

/** What a manifest lists that is in its own bundle. */
export function ownRecords({ artifacts }: Manifest): ArtifactRecord[] {
  return artifacts.filter(({ from }) => from === undefined);
}

/** The statements that belong to these artifacts, and the one about the bundle. */
export function statementFilesOf(records: readonly ArtifactRecord[]): string[] {
  const attested = records.filter(({ predicateType }) => predicateType !== undefined);
  return [...attested.map(({ name }) => statementFileOf(name)), MANIFEST_STATEMENT];
}
