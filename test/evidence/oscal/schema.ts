import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { resolveOscalSchema } from '../../../tools/oscal.ts';

/** What NIST's schema of OSCAL assessment results says against a document, as `<path> <message>`; nothing when it is valid. */
export async function schemaErrors(): Promise<(document: unknown) => string[]> {
  // NIST's schemas carry keywords (`$id` of definitions) that ajv's strict mode does not know.
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(await resolveOscalSchema(), 'utf8')));
  return (document) => (validate(document) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`));
}
