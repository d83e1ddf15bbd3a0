import { Command, CommanderError } from 'commander';
import { CodedError } from '../core/index.ts';
import { buildCommand } from './evidence/build.ts';
import { deltaCommand } from './evidence/delta.ts';
import { keygenCommand } from './evidence/keygen.ts';
import { kindsCommand } from './evidence/kinds.ts';
import { oscalCommand } from './evidence/oscal.ts';
import { exitCodes, printError } from './evidence/output.ts';
import { packCommand } from './evidence/pack.ts';
import { schemaDiffCommand } from './evidence/schema-diff.ts';
import { signCommand } from './evidence/sign.ts';
import { unpackCommand } from './evidence/unpack.ts';
import { verifyCommand } from './evidence/verify.ts';
import { packageVersion } from './version.ts';

const program = new Command('ig-evidence')
  .description('Builds, signs and verifies what a release must show. Verifying needs no network and no trust in what built it.')
  .version(packageVersion())
  .addHelpText(
    'after',
    '\nExit codes: 0 done or verified, 1 verification failed, 2 wrong usage or input, 3 contract not met or promotion refused, 130 interrupted.',
  )
  .configureHelp({ showGlobalOptions: true })
  .exitOverride();
const commands = [
  buildCommand(),
  deltaCommand(),
  signCommand(),
  packCommand(),
  unpackCommand(),
  verifyCommand(),
  kindsCommand(),
  schemaDiffCommand(),
  oscalCommand(),
  keygenCommand(),
];
for (const command of commands) program.addCommand(command.exitOverride());

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has said what is wrong; help and version end through here as well, with 0.
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  } else if (error instanceof CodedError) {
    printError(error, process.argv.includes('--json'));
    // At once: a service or a program that nobody waits for any more must not keep us here.
    if (error.code === 'evidence.interrupted') process.exit(exitCodes.interrupted);
    process.exitCode = exitCodes.usage;
  } else throw error;
}
