import { z } from 'zod';
import { expectedItems, MANIFEST, MANIFEST_SIGNATURE, MANIFEST_STATEMENT, statementFileOf } from './expected.ts';
import { contentOf, type Files, isPlainName } from './files.ts';
import { hexOf, parseAs, parseDocument } from './form.ts';
import { type Check, check, ensure, fail } from './report.ts';

const hex = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex');
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256:<hex>');
const plainName = z.string().refine(isPlainName, 'must be a plain file name');

const artifact = z.strictObject({
  name: plainName,
  sha256: hex,
  size: z.int().min(0),
  mediaType: z.string().min(1),
  predicateType: z.string().exactOptional(),
});

const manifest = z.strictObject({
  release: z.string().regex(/^v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/),
  artifacts: z.array(artifact),
  provenance: digest,
  ledger: z.strictObject({
    origin: z.string(),
    size: z.int().min(0),
    root: hex,
    verifierKey: z.string(),
    checkpoint: z.literal('ledger-checkpoint'),
    proof: z.literal('ledger-proofs.json'),
    prevManifest: digest.nullable(),
  }),
  policy: z.strictObject({ revision: z.string().min(1), digest }),
  contract: z.strictObject({ required: z.array(plainName), missing: z.array(z.string()) }),
});
export type Manifest = z.infer<typeof manifest>;

export function readManifest(files: Files): Manifest {
  const parsed = parseAs(manifest, parseDocument(contentOf(files, MANIFEST)));
  const listed = parsed.artifacts.map((item) => item.name);
  ensure(
    listed.every((name, index) => index === 0 || (listed[index - 1] ?? '') < name),
    'its artifacts are not in order, each once',
  );
  ensure(!listed.some((name) => name === MANIFEST || name.endsWith('.sigstore.json')), 'it lists itself or a signature');
  return parsed;
}

/** Complete: what we know must be there, and what the contract of the signer required, with a statement wherever one belongs. */
export function checkContract(manifest: Manifest): Check {
  return check('manifest.contract', MANIFEST, () => {
    const listed = new Map(manifest.artifacts.map((item) => [item.name, item]));
    const required = new Set([...Object.keys(expectedItems), ...manifest.contract.required]);
    const absent = [...required].filter((name) => !listed.has(name));
    ensure(absent.length === 0, `it does not list \`${absent.join('`, `')}\``);
    ensure(manifest.contract.missing.length === 0, `it admits that \`${manifest.contract.missing.join('`, `')}\` is missing`);
    for (const { name, predicateType = null } of manifest.artifacts) {
      const expected = expectedItems[name]?.predicateType ?? null;
      if (predicateType !== expected) fail(`\`${name}\` calls for a statement of type ${predicateType}, it must be ${expected}`);
    }
    ensure(
      `sha256:${listed.get('provenance.json')?.sha256}` === manifest.provenance,
      'its provenance is not the digest of provenance.json',
    );
    return `all ${required.size} required items`;
  });
}

/** Nothing missing, nothing more. */
export function checkFolder(manifest: Manifest, files: Files): Check[] {
  const attested = manifest.artifacts.filter((item) => item.predicateType !== undefined).map((item) => statementFileOf(item.name));
  const expected = new Set([MANIFEST, MANIFEST_SIGNATURE, MANIFEST_STATEMENT, ...attested, ...manifest.artifacts.map((item) => item.name)]);
  return [
    check('files.complete', 'folder', () => {
      const absent = [...expected].filter((name) => !files.contents.has(name));
      ensure(absent.length === 0, `\`${absent.join('`, `')}\` is not there`);
      return `${expected.size} files`;
    }),
    check('files.unlisted', 'folder', () => {
      const more = [...files.contents.keys()].filter((name) => !expected.has(name));
      ensure(more.length === 0, `nothing lists \`${more.join('`, `')}\``);
      return 'no other file';
    }),
  ];
}

export function checkDigests(manifest: Manifest, files: Files): Check[] {
  return manifest.artifacts.map(({ name, sha256, size }) =>
    check('artifact.digest', name, () => {
      const bytes = contentOf(files, name);
      ensure(bytes.length === size, `it has ${bytes.length} bytes, the manifest says ${size}`);
      ensure(hexOf(bytes) === sha256, `its SHA-256 is ${hexOf(bytes)}, the manifest says ${sha256}`);
      return `sha256 ${sha256.slice(0, 16)}…`;
    }),
  );
}
