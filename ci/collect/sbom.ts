import { join, resolve } from 'node:path';
import { project as checkout, command } from '../command.ts';
import { required, say, step } from '../step.ts';
import { noteItems } from './items.ts';

const usage = `node ci/collect/sbom.ts --out DIR [--project DIR]

Has npm describe what the project ships, as CycloneDX and as SPDX. The project must be installed (\`npm ci\`).`;

const formats = [
  { format: 'cyclonedx', kind: 'sbom-cyclonedx', file: 'sbom.cdx.json' },
  { format: 'spdx', kind: 'sbom-spdx', file: 'sbom.spdx.json' },
] as const;

/** @throws StepError */
export async function collectSbom(out: string, project: string, log?: string): Promise<void> {
  for (const { format, file } of formats) {
    await command('npm', ['sbom', '--sbom-format', format, '--omit', 'dev'], { cwd: project, stdout: join(resolve(out), file), log });
  }
  noteItems(
    out,
    formats.map(({ kind, file }) => ({ kind, file })),
  );
}

await step(import.meta.url, {
  usage,
  options: { out: { type: 'string' }, project: { type: 'string', default: checkout } },
  run: async ({ values }) => {
    const out = required('--out', values.out);
    await collectSbom(out, values.project);
    say(`SBOMs are in ${out}`);
  },
});
