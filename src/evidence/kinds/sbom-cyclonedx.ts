import { z } from 'zod';
import { digestOfJson, isJsonObject, type Json, type JsonObject } from '../../core/index.ts';
import { uuidV5 } from '../uuid.ts';
import type { Kind } from './kind.ts';
import { defineKind } from './read/define-kind.ts';
import { parseJson, shaped } from './read/json.ts';
import { Malformed } from './read/malformed.ts';
import { instant, latest, text } from './read/quantities.ts';
import { sortedBy, withSorted } from './read/sorted.ts';

const component = z.looseObject({ name: text, type: text, licenses: z.array(z.unknown()).optional() });
const tools = z.union([z.array(z.looseObject({})), z.looseObject({ components: z.array(z.looseObject({})).optional() })]);
/** https://cyclonedx.org/docs/1.7/json: what is read, and what tells such a document from another. */
const document = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.enum(['1.4', '1.5', '1.6', '1.7']),
  serialNumber: z.string().optional(),
  version: z.int().min(1).optional(),
  metadata: z.looseObject({ timestamp: instant.optional(), tools: tools.optional(), component: component.optional() }).optional(),
  components: z.array(component),
  dependencies: z.array(z.looseObject({ ref: text, dependsOn: z.array(text).optional() })).optional(),
  vulnerabilities: z.array(z.looseObject({})).optional(),
});
type Sbom = z.infer<typeof document>;

export const sbomCycloneDx: Kind = defineKind({
  name: 'sbom-cyclonedx',
  title: 'a CycloneDX SBOM',
  reads: 'CycloneDX JSON 1.4 to 1.7, as `npm sbom` or syft writes it',
  measures: ['components', 'licensed', 'vulnerabilities'],
  file: 'sbom.cdx.json',
  mediaType: 'application/vnd.cyclonedx+json',
  statement: { form: 'document', predicateType: 'https://cyclonedx.org/bom' },
  read: (input, at) => {
    const raw = parseJson(input);
    const sbom = shaped(raw, document);
    const drawn = isDrawnAnew(sbom);
    return { content: drawn ? steady(objectOf(raw), at) : raw, summary: summarise(sbom), madeAt: madeAt(sbom, drawn, at) };
  },
});

function summarise({ components, vulnerabilities = [] }: Sbom) {
  const licensed = components.filter(({ licenses = [] }) => licenses.length > 0).length;
  return { components: components.length, licensed, vulnerabilities: vulnerabilities.length };
}

function madeAt({ metadata }: Sbom, drawn: boolean, at: Date): string | null {
  return drawn ? at.toISOString() : latest(metadata?.timestamp === undefined ? [] : [metadata.timestamp]);
}

/** npm and syft draw serial number and time on every run; of others these may be what a VEX document refers to. */
function isDrawnAnew({ metadata }: Sbom): boolean {
  const named = metadata?.tools ?? [];
  const all = Array.isArray(named) ? named : (named.components ?? []);
  return all.some(({ name, vendor }) => name === 'syft' || (vendor === 'npm' && name === 'cli'));
}

/** Without what differs from run to run: lists sorted, the time the source's, the serial number that of everything else. */
function steady({ serialNumber: _, ...sbom }: JsonObject, at: Date): JsonObject {
  const metadata = objectOf(sbom['metadata'] ?? {});
  const rest = withSorted(
    {
      ...sbom,
      ...(Array.isArray(sbom['dependencies']) ? { dependencies: sbom['dependencies'].map(sortedDependency) } : {}),
      metadata: { ...metadata, ...renamedRoot(metadata['component']), timestamp: at.toISOString() },
    },
    { components: 'bom-ref', dependencies: 'ref', vulnerabilities: 'bom-ref' },
  );
  return { ...rest, serialNumber: `urn:uuid:${uuidV5(digestOfJson(rest))}` };
}

function sortedDependency(dependency: Json): Json {
  if (!isJsonObject(dependency) || !Array.isArray(dependency['dependsOn'])) return dependency;
  return { ...dependency, dependsOn: sortedBy(dependency['dependsOn'], '') };
}

/** npm names the project after the folder it lies in; its bom-ref is `<package name>@<version>`. */
function renamedRoot(component: Json | undefined): { readonly component?: JsonObject } {
  if (component === undefined) return {};
  const root = objectOf(component);
  const reference = typeof root['bom-ref'] === 'string' ? root['bom-ref'] : '';
  const [version, at] = [root['version'], reference.lastIndexOf('@')];
  return { component: at > 0 && reference.slice(at + 1) === version ? { ...root, name: reference.slice(0, at) } : root };
}

function objectOf(value: Json): JsonObject {
  if (isJsonObject(value)) return value;
  throw new Malformed('it is not an object');
}
