import { Command, CommanderError } from 'commander';
import { CodedError } from '../core/index.ts';
import { CliError } from './errors.ts';
import { exitCodes, printError } from './evidence/output.ts';
import { addCommands, type Commands } from './lazy.ts';
import { packageVersion } from './version.ts';

const commands: Commands = {
  build: async () => adding((await import('./evidence/build.ts')).buildCommand),
  delta: async () => adding((await import('./evidence/delta.ts')).deltaCommand),
  sign: async () => adding((await import('./evidence/sign.ts')).signCommand),
  pack: async () => adding((await import('./evidence/pack.ts')).packCommand),
  unpack: async () => adding((await import('./evidence/unpack.ts')).unpackCommand),
  verify: async () => adding((await import('./evidence/verify.ts')).verifyCommand),
  kinds: async () => adding((await import('./evidence/kinds.ts')).kindsCommand),
  'schema-diff': async () => adding((await import('./evidence/schema-diff.ts')).schemaDiffCommand),
  register: async () => adding((await import('./evidence/register.ts')).registerCommand),
  waive: async () => adding((await import('./evidence/waive.ts')).waiveCommand),
  publish: async () => adding((await import('./evidence/publish.ts')).publishCommand),
  promote: async () => adding((await import('./evidence/promote.ts')).promoteCommand),
  list: async () => adding((await import('./evidence/list.ts')).listCommand),
  oscal: async () => adding((await import('./evidence/oscal.ts')).oscalCommand),
  keygen: async () => adding((await import('./evidence/keygen.ts')).keygenCommand),
};

/** Who asks for JSON reads stdout only: there is one document, also of an error. */
const json = process.argv.includes('--json');

function adding(command: () => Command): (parent: Command) => void {
  return (parent) => void parent.addCommand(ending(command()));
}

/** Ends here, and not within Commander; with `--json` it is for us to say what is wrong. */
function ending(command: Command): Command {
  for (const group of command.commands) ending(group);
  return command.exitOverride().configureOutput(json ? { writeErr: () => undefined } : {});
}

const program = new Command('ig-evidence')
  .description('Builds, signs and verifies what a release must show. Verifying needs no network and no trust in what built it.')
  .version(packageVersion())
  .addHelpText(
    'after',
    '\nExit codes: 0 done or verified, 1 verification failed, 2 wrong usage or input, 3 contract not met or promotion refused, 130 interrupted.',
  )
  .configureHelp({ showGlobalOptions: true });
ending(program);
await addCommands(program, commands, process.argv.slice(2));

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has said what is wrong, but for `--json`; help and version end through here as well, with 0.
    if (json && error.exitCode !== 0) printError(wrongUse(error), json);
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  } else if (error instanceof CodedError) {
    printError(error, json);
    // At once: a service or a program that nobody waits for any more must not keep us here.
    if (error.code === 'evidence.interrupted') process.exit(exitCodes.interrupted);
    process.exitCode = exitCodes.usage;
  } else throw error;
}

function wrongUse({ message }: CommanderError): CliError {
  return new CliError('cli.invalid_option', message.replace(/^error: /, ''), { remedy: 'see `ig-evidence <command> --help`' });
}
