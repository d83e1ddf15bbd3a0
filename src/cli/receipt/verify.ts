import type { Command } from 'commander';
import { isJsonObject, type Json } from '../../core/index.ts';
import { type VerifiedReceipt, verifyReceipt } from '../../ledger/verify/index.ts';
import { collect, keyOf, readText, refused, type WitnessOptions, witnessPolicy } from '../ledger/read.ts';
import { lines, print, run } from '../report.ts';

type Options = WitnessOptions & { readonly key: string; readonly disclosure: readonly string[]; readonly json: boolean };

/** `countersign receipt verify`: what a user kept, checked offline. */
export function verifyReceiptCommand(receipt: Command): void {
  receipt
    .command('verify')
    .description('verify a receipt offline: that its entry is in the log, and what the entry says')
    .argument('<file>', 'a `.tlog-proof`, or the JSON that `entryProof` answers')
    .requiredOption('--key <vkey>', 'the verifier key of the log (or a file with it) that was handed to you earlier')
    .option('--witness <vkey>', 'a witness whose cosignature counts (or a file with its key); may be repeated', collect, [])
    .option('--quorum <number>', 'how many of the witnesses must have signed; all of them without it')
    .option('--disclosure <file>', 'a personal value that the entry commits to, `[salt, path, value]`; may be repeated', collect, [])
    .option('--json', 'print what was verified as JSON', false)
    .action((file: string, options: Options) => run(async () => verify(file, options)));
}

function verify(file: string, options: Options): void {
  const text = readText(file);
  const disclosures = options.disclosure.map(readText);
  try {
    const verified = verifyReceipt(text, { key: keyOf(options.key), witnesses: witnessPolicy(options), disclosures });
    print(options.json ? JSON.stringify(verified, null, 2) : describe(verified));
  } catch (error) {
    refused(error, options.json);
  }
}

function describe({ entry, origin, seq, checkpointSize, witnesses, disclosed }: VerifiedReceipt): string {
  const { actor, data } = entry;
  const decision = isJsonObject(data) && isJsonObject(data['decision']) ? data['decision'] : undefined;
  return lines([
    `ok: entry ${seq} of ${origin} is in the log, by the checkpoint for ${checkpointSize} entries`,
    `  when     ${textOf(entry['ts'])}`,
    `  who      ${isJsonObject(actor) ? `${textOf(actor['id'])} (${textOf(actor['kind'])})` : textOf(actor)}`,
    `  what     ${textOf(entry['type'])} on ${textOf(entry['subject'])}`,
    ...(decision === undefined
      ? []
      : [`  decided  ${textOf(decision['result'])} by ${textOf(decision['ruleId'])}: ${textOf(decision['explanation'])}`]),
    `  entry    ${textOf(entry['id'])}`,
    ...witnesses.map(({ name, time }) => `  witness  ${name} at ${new Date(time * 1_000).toISOString()}`),
    ...disclosed.map(({ path, value }) => `  opened   ${path} is ${JSON.stringify(value)}`),
  ]);
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'not told');
}
