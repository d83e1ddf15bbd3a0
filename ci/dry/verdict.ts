import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const schema = z.object({ result: z.string(), kind: z.string(), requirements: z.array(z.object({ id: z.string(), outcome: z.string() })) });

/** `the contract for rehearsal: PASSED, 12 met, 3 absent`; what is not met by name. */
export function verdictOf(bundle: string): string {
  const { result, kind, requirements } = schema.parse(JSON.parse(readFileSync(join(bundle, 'verdict.json'), 'utf8')));
  const counts = Map.groupBy(requirements, ({ outcome }) => outcome);
  const told = [...counts].map(([outcome, some]) => {
    const names = outcome === 'met' || outcome === 'absent' ? '' : ` (${some.map(({ id }) => id).join(', ')})`;
    return `${some.length} ${outcome}${names}`;
  });
  return `the contract for ${kind}: ${result}, ${told.join(', ')}`;
}
