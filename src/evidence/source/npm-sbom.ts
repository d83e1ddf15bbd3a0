import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EvidenceError } from '../errors.ts';
import { run } from './run.ts';

/** What npm says that a project ships: CycloneDX, without development dependencies. */
export async function npmSbom(project: string): Promise<Buffer> {
  // Without one npm would walk upwards and describe some other project.
  if (!existsSync(join(project, 'package.json'))) {
    throw new EvidenceError('evidence.input_unreadable', `there is no package.json in \`${project}\` to make an SBOM from`, {
      remedy: 'give the folder of the project with --project, or an SBOM with --item sbom-cyclonedx=FILE',
    });
  }
  return Buffer.from(await run('npm', ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev'], project));
}
