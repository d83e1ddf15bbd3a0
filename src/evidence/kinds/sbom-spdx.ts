import { z } from 'zod';
import { digestOfJson, isJsonObject, type Json, type JsonObject } from '../../core/index.ts';
import { uuidV5 } from '../uuid.ts';
import type { Kind } from './kind.ts';
import { defineKind } from './read/define-kind.ts';
import { parseJson, shaped } from './read/json.ts';
import { instant, text, toUtc } from './read/quantities.ts';
import { withSorted } from './read/sorted.ts';

/** https://spdx.github.io/spdx-spec/v2.3: what is read, and what tells such a document from another. */
const document = z.looseObject({
  spdxVersion: z.literal('SPDX-2.3'),
  SPDXID: z.literal('SPDXRef-DOCUMENT'),
  dataLicense: z.literal('CC0-1.0'),
  name: text,
  documentNamespace: text,
  creationInfo: z.looseObject({ created: instant, creators: z.array(text).min(1) }),
  packages: z.array(
    z.looseObject({ SPDXID: text, name: text, licenseConcluded: z.string().optional(), licenseDeclared: z.string().optional() }),
  ),
  relationships: z.array(z.looseObject({ spdxElementId: text, relatedSpdxElement: text, relationshipType: text })).optional(),
});
type Sbom = z.infer<typeof document>;

export const sbomSpdx: Kind = defineKind({
  name: 'sbom-spdx',
  title: 'an SPDX SBOM',
  reads: 'SPDX 2.3 JSON, as `npm sbom` or syft writes it',
  measures: ['packages', 'licensed'],
  file: 'sbom.spdx.json',
  mediaType: 'application/spdx+json',
  statement: { form: 'document', predicateType: 'https://spdx.dev/Document' },
  read: (input, at) => {
    const raw = parseJson(input);
    const sbom = shaped(raw, document);
    const content = isDrawnAnew(sbom) && isJsonObject(raw) ? steady(raw, at) : raw;
    const madeAt = isDrawnAnew(sbom) ? at.toISOString() : toUtc(sbom.creationInfo.created);
    return { content, summary: { packages: sbom.packages.length, licensed: sbom.packages.filter(isLicensed).length }, madeAt };
  },
});

function isLicensed({ licenseConcluded, licenseDeclared }: Sbom['packages'][number]): boolean {
  return [licenseConcluded, licenseDeclared].some((license) => license !== undefined && license !== 'NONE' && license !== 'NOASSERTION');
}

/** npm and syft draw namespace and time on every run; of others these may be what other documents refer to. */
function isDrawnAnew({ creationInfo }: Sbom): boolean {
  return creationInfo.creators.some((creator) => /^Tool: (npm\/cli-|syft-)/.test(creator));
}

/** Without what differs from run to run: lists sorted, the time the source's, the end of the namespace that of everything else. */
function steady({ documentNamespace, ...sbom }: JsonObject, at: Date): JsonObject {
  const rest = withSorted(
    { ...sbom, creationInfo: { ...objectOf(sbom['creationInfo']), created: wholeSeconds(at) } },
    { packages: 'SPDXID', files: 'SPDXID', relationships: 'spdxElementId', hasExtractedLicensingInfos: 'licenseId' },
  );
  const uuid = uuidV5(digestOfJson(rest));
  return { ...rest, documentNamespace: String(documentNamespace).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, uuid) };
}

/** SPDX has no fractions of seconds. */
function wholeSeconds(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, 'Z');
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
