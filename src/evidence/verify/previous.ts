import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { digestOf, messageOf } from '../../core/index.ts';
import type { LogState } from './checks/ledger.ts';
import { EvidenceVerifyError } from './errors.ts';
import { MANIFEST, MAX_MANIFEST } from './names.ts';
import { bytesOf } from './read/content.ts';
import { openBundle } from './source/open.ts';

/** The release before: its manifest's digest and its log, as far as it is of a form that says so. */
export type Previous = { readonly digest: string; readonly ledger: LogState | undefined };

const form = z.looseObject({ ledger: z.looseObject({ size: z.int().min(0), root: z.string() }) });

/** @param given where manifest.json is, or the bundle that holds it; or its bytes. @throws EvidenceVerifyError `evidence.verify.previous_unreadable` */
export async function readPrevious(given: string | Buffer): Promise<Previous> {
  try {
    const bytes = typeof given === 'string' ? await manifestAt(given) : given;
    const parsed = form.safeParse(JSON.parse(bytes.toString('utf8')));
    return { digest: digestOf(bytes), ledger: parsed.success ? parsed.data.ledger : undefined };
  } catch (cause) {
    throw new EvidenceVerifyError(
      'evidence.verify.previous_unreadable',
      `cannot read the release before${typeof given === 'string' ? ` at \`${given}\`` : ''}: ${messageOf(cause)}`,
      {
        cause,
        remedy: 'name its manifest.json, its folder or its archive',
      },
    );
  }
}

async function manifestAt(place: string): Promise<Buffer> {
  if (place.endsWith('.json') && (await stat(place)).isFile()) return readFile(place);
  const source = await openBundle(place);
  for await (const file of source.files({ refuse: () => {}, advance: () => {} }))
    if (file.name === MANIFEST) return await bytesOf(file, MAX_MANIFEST); // before the source closes the file
  throw new Error(`it has no \`${MANIFEST}\``);
}
