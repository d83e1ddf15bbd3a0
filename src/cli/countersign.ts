import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { packageRoot } from '../config/index.ts';
import { ledgerCommand } from './commands/ledger.ts';
import { policyCommand } from './commands/policy.ts';
import { startCommand } from './commands/start.ts';
import { tokenCommand } from './commands/token.ts';

const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')));

const program = new Command('countersign').description('policy-as-code governance gateway for incident response').version(version);
for (const add of [startCommand, tokenCommand, ledgerCommand, policyCommand]) add(program);
await program.parseAsync();
