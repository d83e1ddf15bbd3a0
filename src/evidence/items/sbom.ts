import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { digestOfJson } from '../../core/index.ts';
import { type Artifact, canonicalFile } from '../artifact.ts';
import { EvidenceError } from '../errors.ts';
import { names, predicateTypes } from '../names.ts';
import { parseItem, readInput } from '../read-input.ts';
import { run } from '../run.ts';

const component = z.object({ 'bom-ref': z.string(), name: z.string() }).catchall(z.json());
const dependency = z.object({ ref: z.string(), dependsOn: z.array(z.string()).default([]) }).catchall(z.json());
const cycloneDx = z
  .object({
    bomFormat: z.literal('CycloneDX'),
    specVersion: z.string().regex(/^1\.\d+$/),
    version: z.int().default(1),
    metadata: z.object({ component }).catchall(z.json()),
    components: z.array(component),
    dependencies: z.array(dependency).default([]),
  })
  .catchall(z.json());
type Sbom = z.infer<typeof cycloneDx>;

/** The SBOM of what a project ships: npm's own, or one made elsewhere, either in a form that depends on nothing but its content. */
export async function sbomArtifact(source: { project: string; file: string | undefined }, at: Date): Promise<Artifact> {
  const text = source.file === undefined ? await npmSbom(source.project) : readInput('SBOM', source.file).toString('utf8');
  const sbom = normaliseSbom(parseItem('SBOM', text, cycloneDx), at);
  return { name: names.sbom, bytes: canonicalFile(sbom), mediaType: 'application/vnd.cyclonedx+json', predicateType: predicateTypes.sbom };
}

async function npmSbom(project: string): Promise<string> {
  // Without one npm would walk upwards and describe some other project.
  if (!existsSync(join(project, 'package.json'))) {
    throw new EvidenceError('evidence.input_unreadable', `there is no package.json in \`${project}\` to make an SBOM from`, {
      remedy: 'give the folder of the project with --project, or an SBOM with --sbom',
    });
  }
  return run('npm', ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev'], project);
}

/**
 * Takes out what differs from run to run: npm draws a random serial number, ignores SOURCE_DATE_EPOCH, and names the project
 * after its folder. Lists are sorted; the serial number is a UUIDv5 of everything else.
 */
function normaliseSbom(sbom: Sbom, at: Date): Sbom {
  const { serialNumber: _, ...rest } = sbom;
  const root = sbom.metadata.component;
  const stable = {
    ...rest,
    metadata: { ...sbom.metadata, timestamp: at.toISOString(), component: { ...root, name: nameOf(root) } },
    components: sbom.components.toSorted((a, b) => compare(a['bom-ref'], b['bom-ref'])),
    dependencies: sbom.dependencies
      .map((item) => ({ ...item, dependsOn: item.dependsOn.toSorted(compare) }))
      .toSorted((a, b) => compare(a.ref, b.ref)),
  };
  return { ...stable, serialNumber: `urn:uuid:${uuidV5(digestOfJson(stable))}` };
}

/** `<package name>@<version>` is npm's bom-ref. */
function nameOf(root: z.infer<typeof component>): string {
  const at = root['bom-ref'].lastIndexOf('@');
  return at > 0 ? root['bom-ref'].slice(0, at) : root.name;
}

/** By code unit: the order of a locale is not the same everywhere. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** RFC 9562 §6.6, the namespace for URLs. */
const URL_NAMESPACE = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');

function uuidV5(name: string): string {
  const bytes = createHash('sha1').update(URL_NAMESPACE).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
