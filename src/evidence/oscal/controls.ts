import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot, readYaml } from '../../config/index.ts';
import { EvidenceError } from '../errors.ts';
import type { Assessed, Judged } from './assessed.ts';

/** What OSCAL takes for an identifier (its `token`), in ASCII. */
const token = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9._-]*$/, 'must begin with a letter and have letters, digits, dots, hyphens and underscores');

const mappingSchema = z.strictObject({
  format: z.literal(1),
  frameworks: z.record(token, z.strictObject({ title: z.string().min(1), source: z.url().optional() })),
  /** By id of a requirement, or by kind of item. */
  controls: z.record(z.string(), z.record(z.string(), z.array(token).min(1))),
});
export type Mapping = z.infer<typeof mappingSchema>;

export type Control = { readonly framework: string; readonly id: string };

/**
 * Which controls a requirement bears on: of the file given, else of `evidence/oscal.yaml`, which ships with us.
 *
 * @throws ConfigError; EvidenceError `evidence.controls_malformed`
 */
export function readMapping(file: string | undefined): Mapping {
  const from = file ?? join(packageRoot(), 'evidence', 'oscal.yaml');
  const mapping = readYaml(from, mappingSchema);
  for (const [requirement, byFramework] of Object.entries(mapping.controls)) {
    const unknown = Object.keys(byFramework).find((framework) => mapping.frameworks[framework] === undefined);
    if (unknown === undefined) continue;
    throw new EvidenceError('evidence.controls_malformed', `\`${from}\` maps \`${requirement}\` to controls of \`${unknown}\``, {
      remedy: `describe \`${unknown}\` under \`frameworks\`, or name one of \`${Object.keys(mapping.frameworks).join('`, `')}\``,
    });
  }
  return mapping;
}

/** The controls of one requirement, in the file's order; its own entry goes before that of its kind. */
export function controlsOf({ controls }: Mapping, { id, item }: Pick<Judged, 'id' | 'item'>): Control[] {
  const entry = controls[id] ?? controls[item] ?? {};
  return Object.entries(entry).flatMap(([framework, ids]) => ids.map((control) => ({ framework, id: control })));
}

/**
 * All controls that a bundle says something about, each once, by framework. An absent optional item says nothing.
 *
 * @throws EvidenceError `evidence.controls_unmapped` when there are none: OSCAL has no assessment without
 */
export function reviewedControls(mapping: Mapping, { requirements }: Assessed): Map<string, string[]> {
  const reviewed = new Map<string, string[]>();
  for (const requirement of requirements.filter(isAssessed)) {
    for (const { framework, id } of controlsOf(mapping, requirement)) {
      const ids = reviewed.get(framework) ?? [];
      if (!ids.includes(id)) reviewed.set(framework, [...ids, id]);
    }
  }
  if (reviewed.size > 0) return reviewed;
  throw new EvidenceError('evidence.controls_unmapped', 'no requirement of this bundle bears on a control', {
    remedy: 'map at least one requirement to a control, in a file given with --controls',
  });
}

export function isAssessed({ outcome }: Pick<Judged, 'outcome'>): boolean {
  return outcome !== 'absent';
}
