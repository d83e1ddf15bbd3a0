import type { Examined } from '../examined.ts';
import { MANIFEST } from '../names.ts';
import type { ReadBundle } from '../read/read-bundle.ts';
import { type Check, check, ensure, known, outcomeOf } from '../report.ts';
import type { SignedBy } from '../signers/index.ts';
import { signerOf } from './signers.ts';

export function checkManifest({ manifest }: ReadBundle): Check {
  return check('manifest.form', MANIFEST, () => {
    const { release, kind, artifacts } = known(manifest);
    return `release ${release} (${kind}), ${artifacts.length} artifacts`;
  });
}

/** Enough different signers, over these bytes. One that nobody here knows does not count and does no harm; what is no signature does. */
export function checkSignatures({ signatures, manifest }: Pick<ReadBundle, 'signatures' | 'manifest'>, threshold: number): Check {
  const at = manifest.ok ? manifest.value.at : undefined;
  return check('manifest.signature', MANIFEST, () => {
    const malformed = [...signatures].flatMap(([file, found]) => (found.ok ? [] : [`\`${file}\`: ${found.reason}`]));
    ensure(malformed.length === 0, malformed.join('; '));
    const all = [...signatures].map(([file, found]) => ({ file, signer: outcomeOf(() => signerOf(known(found).signed, at)) }));
    const trusted = all.flatMap(({ signer }) => (signer.ok ? [signer.value] : []));
    const why = all.flatMap(({ file, signer }) => (signer.ok ? [] : [`\`${file}\`: ${signer.reason}`]));
    const count = distinct(trusted);
    ensure(
      count >= threshold,
      `${count} of ${threshold} signers that are trusted have signed${why.length === 0 ? '' : `; ${why.join('; ')}`}`,
    );
    return `by ${trusted.map(({ label }) => label).join(', ')}`;
  });
}

export function distinct(signers: readonly SignedBy[]): number {
  return new Set(signers.map(({ name }) => name)).size;
}

export type Asked = {
  readonly release?: string | undefined;
  readonly commit?: string | undefined;
  /** `sha256:<hex>` of manifest.json. */
  readonly manifest?: string | undefined;
};

/** Whether it is the bundle that was asked for. */
export function checkSubject({ bundle, manifest }: Examined, { release, commit, manifest: digest }: Asked): Check[] {
  if (release === undefined && commit === undefined && digest === undefined) return [];
  return [
    check('manifest.subject', MANIFEST, () => {
      ensure(release === undefined || manifest.release === release, `it is of release ${manifest.release}, not ${release}`);
      ensure(digest === undefined || bundle.digest === digest, `its manifest is ${bundle.digest}, not ${digest}`);
      const of = manifest.source.commit;
      ensure(commit === undefined || (commit.length >= 7 && of.startsWith(commit)), `it is of commit ${of}, not ${commit}`);
      return `release ${manifest.release}, commit ${of.slice(0, 12)}`;
    }),
  ];
}
