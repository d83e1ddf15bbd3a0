import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { project as checkout, igEvidence } from '../command.ts';
import { required, StepError, say, step } from '../step.ts';
import { git, tagBefore } from '../tag-before.ts';
import { noteItems } from './items.ts';

const usage = `node ci/collect/schema-diffs.ts --out DIR [--from REF] [--project DIR]

What changed in the GraphQL schema and in the database's since REF: the newest tag v* before this commit or, before the first
tag, the commit before. Needs the history (on a runner: \`fetch-depth: 0\`).`;

/** Gives what it was compared with. @throws StepError */
export async function collectSchemaDiffs(out: string, from: string | undefined, project: string, log?: string): Promise<string> {
  const ref = from ?? releaseBefore(project);
  mkdirSync(out, { recursive: true });
  for (const language of ['graphql', 'sql']) {
    const file = join(resolve(out), `schema-diff-${language}.json`);
    await igEvidence(['schema-diff', language, '--project', project, '--from', ref, '--out', file], { log });
  }
  const madeAt = new Date().toISOString();
  noteItems(
    out,
    ['graphql', 'sql'].map((language) => ({ kind: `schema-diff-${language}`, file: `schema-diff-${language}.json`, madeAt })),
  );
  return ref;
}

function releaseBefore(project: string): string {
  return tagBefore(project) ?? git(project, 'rev-parse', 'HEAD^') ?? missing(project);
}

function missing(project: string): never {
  throw new StepError('step.unreadable', `git knows no commit before this one in \`${project}\``, {
    remedy: 'fetch the whole history (`git fetch --unshallow --tags`), or give --from',
  });
}

await step(import.meta.url, {
  usage,
  options: { out: { type: 'string' }, from: { type: 'string' }, project: { type: 'string', default: checkout } },
  run: async ({ values }) => {
    const out = required('--out', values.out);
    const ref = await collectSchemaDiffs(out, values.from, values.project);
    say(`the differences of the schemas since ${ref} are in ${out}`);
  },
});
