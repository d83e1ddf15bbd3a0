import { messageOf } from '../../src/core/index.ts';
import { resolveTool } from '../../src/workbench/index.ts';
import { resolveInterop } from '../../tools/interop.ts';
import { resolveOscalSchema } from '../../tools/oscal.ts';

/**
 * Has the tools ready before any test's clock runs: the first time on a machine they are built, which takes minutes. One that
 * cannot be had is told here; the tests that need it then fail by themselves, with what to do.
 */
export async function setup(): Promise<void> {
  for (const tool of ['opa', 'cosign2', 'cosign3', 'actionlint'] as const) await resolveTool(tool).catch(tell(tool));
  await resolveInterop().catch(tell('the programs of test/interop'));
  await resolveOscalSchema().catch(tell('the OSCAL schema'));
}

function tell(what: string) {
  return (error: unknown): void => void process.stderr.write(`tests that need ${what} will fail: ${messageOf(error)}\n`);
}
