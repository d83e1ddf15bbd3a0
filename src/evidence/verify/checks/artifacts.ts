import type { Examined } from '../examined.ts';
import { sameJson } from '../form.ts';
import type { ItemReading } from '../kinds/index.ts';
import type { Item } from '../read/item.ts';
import type { ArtifactRecord, Manifest } from '../read/manifest.ts';
import { type Check, check, ensure, known } from '../report.ts';

/** Each artifact by its digest; and, as the signer could have signed anything, that each is what its kind says. */
export function checkArtifacts({ manifest, itemOf }: Examined): Check[] {
  return manifest.artifacts.flatMap((record) => {
    const item = itemOf(record);
    const digest = check('artifact.digest', record.name, () => checkDigest(record, known(item)));
    if (!item.ok || item.value.sha256 === null) return [digest];
    const { reading } = item.value;
    return [digest, check('artifact.form', record.name, () => checkForm(record, known(reading), manifest))];
  });
}

function checkDigest({ size, sha256, from }: ArtifactRecord, item: Item): string {
  ensure(item.size === size, `it has ${item.size} bytes, the manifest says ${size}`);
  ensure(item.sha256 === sha256, `its SHA-256 is ${item.sha256}, the manifest says ${sha256}`);
  return `sha256 ${sha256.slice(0, 16)}…${from === undefined ? '' : ', in a parent'}`;
}

function checkForm(record: ArtifactRecord, { summary: read = {}, madeAt, claims = {} }: ItemReading, manifest: Manifest): string {
  const { kind, summary = {} } = record;
  const { release, commits = [], policy } = claims;
  ensure(release === undefined || release === manifest.release, `it is of release ${release}`);
  ensure(commits.length === 0 || commits.includes(manifest.source.commit), `it is of commit ${commits.join(', ')}`);
  if (policy !== undefined)
    ensure(sameJson(policy, manifest.policy), `it is of policy ${policy.digest}, the manifest says ${manifest.policy.digest}`);
  ensure(madeAt === undefined || madeAt === record.madeAt, `it was made at ${madeAt}, the manifest says ${record.madeAt}`);
  const said = Object.entries(read).map(([name, value]) => `${name} ${value}`);
  ensure(sameJson(read, summary), `it says ${said.join(', ')}; the manifest says otherwise`);
  return said.length === 0 ? kind : said.join(', ');
}
