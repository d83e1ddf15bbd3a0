import type { Command } from 'commander';
import { run } from '../report.ts';
import { type ChangeOptions, callChange, withChangeOptions } from './change.ts';

/** `countersign policy rollback`: back to a policy that was active before, by two people. */
export function rollbackCommand(policy: Command): void {
  withChangeOptions(policy.command('rollback'))
    .description('go back to a policy that was active before, or to the built-in one; takes two people')
    .argument('<digest>', 'of the policy, as decisions and the query `policy` name it')
    .action((digest: string, options: ChangeOptions) =>
      run(() => callChange('rollbackPolicy', { digest, justification: options.justification }, options)),
    );
}
