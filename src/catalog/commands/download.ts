import { z } from 'zod';
import { type AnyCommand, defineCommand } from '../../govern/index.ts';
import { type BundleFileRow, filesOf } from '../bundle-rows.ts';
import { digest, fileName } from '../names.ts';
import { evidenceResource, unknownEvidence } from '../resources.ts';

const args = z.strictObject({ manifest: digest, name: fileName });
type Result = { readonly digest: string; readonly size: number; readonly mediaType: string };

/** `evidence.download`: one file of a published bundle, decided on and recorded before its first byte goes out. */
export const downloadEvidence: AnyCommand = defineCommand<z.infer<typeof args>, BundleFileRow, Result>({
  action: 'evidence.download',
  args,
  load: async (trx, { manifest, name }, scope) => {
    const file = (await filesOf(trx, scope.actor.tenant, manifest)).find((one) => one.name === name);
    if (file === undefined) return unknownEvidence(scope, manifest);
    return { resource: evidenceResource(scope, manifest), facts: {}, state: file };
  },
  effect: async (_trx, { manifest, name }, { digest: of, size, mediaType }) => ({
    result: { digest: of, size, mediaType },
    record: { manifest, name, digest: of, size },
  }),
});
