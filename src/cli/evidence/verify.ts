import { Command } from 'commander';
import { type Report, verifyBundle } from '../../evidence/verify/index.ts';
import { exitCodes, paint, printJson } from './output.ts';

type Options = { key: string; ledgerKey?: string; json?: boolean };

export function verifyCommand(): Command {
  return new Command('verify')
    .description('verify a signed bundle offline; every check is listed, also after one failed')
    .argument('<dir>', 'the bundle')
    .requiredOption('--key <file>', "the signer's public key, as it was handed over")
    .option('--ledger-key <file>', "the ledger's verifier key, as it was handed over; else the one the signer vouches for")
    .option('--json', 'print the report as JSON')
    .action(verify);
}

function verify(folder: string, { key, ledgerKey, json }: Options): void {
  const report = verifyBundle({ folder, keyFile: key, ledgerKeyFile: ledgerKey });
  if (json === true) printJson(report);
  else printTable(report);
  process.exitCode = report.ok ? exitCodes.done : exitCodes.failed;
}

function printTable({ release, ok, checks }: Report): void {
  const widthOf = (texts: string[]) => Math.max(...texts.map((text) => text.length));
  const names = widthOf(checks.map((item) => item.check));
  const subjects = widthOf(checks.map((item) => item.subject));
  for (const item of checks) {
    const mark = item.ok ? paint('green', 'ok  ') : paint('red', 'FAIL');
    const detail = item.ok ? paint('dim', item.detail) : item.detail;
    process.stdout.write(`${mark}  ${item.check.padEnd(names)}  ${item.subject.padEnd(subjects)}  ${detail}\n`);
  }
  const failed = checks.filter((item) => !item.ok).length;
  const what = `${release ?? 'the bundle'}: ${checks.length} checks, ${failed} failed`;
  process.stdout.write(`\n${ok ? paint('green', `verified ${what}`) : paint('red', `NOT verified ${what}`)}\n`);
}
