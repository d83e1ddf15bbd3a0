import { messageOf } from '../../src/core/index.ts';
import { resolveTool } from '../../src/workbench/index.ts';

/**
 * Has the tools ready before any test's clock runs: the first time on a machine they are built, which takes minutes. One that
 * cannot be had is told here; the tests that need it then fail by themselves, with what to do.
 */
export async function setup(): Promise<void> {
  for (const tool of ['opa', 'cosign2', 'cosign3'] as const) {
    await resolveTool(tool).catch((error: unknown) => process.stderr.write(`tests that need ${tool} will fail: ${messageOf(error)}\n`));
  }
}
