import { z } from 'zod';
import { parseAs } from '../form.ts';
import type { DocumentReader } from './kind.ts';
import { instant, latestOf } from './times.ts';

const cycloneDx = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.enum(['1.4', '1.5', '1.6', '1.7']),
  metadata: z.looseObject({ timestamp: instant.optional() }).optional(),
  components: z.array(z.looseObject({ licenses: z.array(z.json()).optional() })),
  vulnerabilities: z.array(z.json()).optional(),
});

/** https://cyclonedx.org/docs/1.6/json/: components of the top level, and those with at least one license. */
export const readCycloneDx: DocumentReader = (document) => {
  const { components, vulnerabilities = [], metadata } = parseAs(cycloneDx, document);
  const licensed = components.filter(({ licenses = [] }) => licenses.length > 0);
  const summary = { components: components.length, licensed: licensed.length, vulnerabilities: vulnerabilities.length };
  return { summary, madeAt: latestOf([metadata?.timestamp]) };
};

const license = z.string().optional();
const spdx = z.looseObject({
  spdxVersion: z.literal('SPDX-2.3'),
  creationInfo: z.looseObject({ created: instant }),
  packages: z.array(z.looseObject({ licenseConcluded: license, licenseDeclared: license })),
});

/** https://spdx.github.io/spdx-spec/v2.3/package-information/ */
export const readSpdx: DocumentReader = (document) => {
  const { packages, creationInfo } = parseAs(spdx, document);
  const says = (text: string | undefined) => text !== undefined && text !== 'NONE' && text !== 'NOASSERTION';
  const licensed = packages.filter((item) => says(item.licenseConcluded) || says(item.licenseDeclared));
  return { summary: { packages: packages.length, licensed: licensed.length }, madeAt: latestOf([creationInfo.created]) };
};
