import { join } from 'node:path';
import { type CommandOptions, command, project } from '../command.ts';
import { required, say, step } from '../step.ts';

const usage = `node ci/collect/ledger.ts --out DIR --log TENANT

Exports a tenant's log to DIR, which must be new. Runs where the gateway does, with its configuration (docs/cli.md): beside it, or on a
runner that has its environment. Register the evidence first (ci/register.ts), so that the log tells of it.`;

/** @throws StepError */
export async function collectLedger(out: string, tenant: string, options: CommandOptions = {}): Promise<void> {
  await command(process.execPath, [join(project, 'bin', 'countersign.js'), 'ledger', 'export', '--log', tenant, '--out', out], options);
}

await step(import.meta.url, {
  usage,
  options: { out: { type: 'string' }, log: { type: 'string' } },
  run: async ({ values }) => {
    const out = required('--out', values.out);
    await collectLedger(out, required('--log', values.log));
    say(`the log is in ${out}`);
  },
});
