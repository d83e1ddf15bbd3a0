import { dirname, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { readYaml } from '../../config/index.ts';
import type { BuildRequest, GivenItem } from '../../evidence/index.ts';

/** What `build`, `register` and `delta` are given alike. */
export type InputOptions = {
  item: GivenItem[];
  items?: string;
  ledger: string;
  ledgerKey: string;
  policyDir: string;
  contract?: string;
};

export function withInputs(command: Command): Command {
  return withItems(
    command.requiredOption('--ledger <dir>', 'the exported log').requiredOption('--ledger-key <file>', "the log's verifier key"),
  );
}

/** What comes from no ledger: all that its content digest is made of. */
export function withItems(command: Command): Command {
  return command
    .option('--item <kind=file>', 'an item of evidence; may be repeated (`ig-evidence kinds` lists what there is)', collectItem, [])
    .option('--items <file>', 'a YAML list of items: kind, file, and where needed name and madeAt')
    .option('--policy-dir <dir>', 'the compiled policy', 'policies/dist')
    .option('--contract <file>', 'what must be there; default: the one that ships with ig-evidence');
}

/** What only a whole bundle is given, beside its release. */
export type SourceOptions = { release: string; kind: string; project: string; prevManifest?: string; commit?: string; builder?: string };

export function withSource(command: Command): Command {
  return command
    .option('--kind <kind>', 'the kind of release that the contract is asked for', 'standard')
    .option('--project <dir>', 'what is released: a folder with package.json, in git', '.')
    .option('--prev-manifest <file>', 'manifest.json of the release before, to chain to')
    .option('--commit <hash>', 'for a project without git; then set SOURCE_DATE_EPOCH too')
    .option('--builder <uri>', 'the build service, for the provenance');
}

/** Of what is registered before the ledger is exported. */
export const noLedger = { ledger: '', ledgerKey: '' } as const;

/** What a delta shares with a build. */
export function inputsOf({ item, items, ledger, ledgerKey, policyDir, contract }: InputOptions, sourceDateEpoch: string | undefined) {
  return {
    items: [...item, ...(items === undefined ? [] : readItems(items))],
    ledgerExport: ledger,
    ledgerKeyFile: ledgerKey,
    policyDir,
    contractFile: contract,
    sourceDateEpoch,
  };
}

export function buildRequestOf(options: InputOptions & SourceOptions, sourceDateEpoch: string | undefined): BuildRequest {
  const { release, kind, project, prevManifest, commit, builder } = options;
  return { ...inputsOf(options, sourceDateEpoch), release, kind, project, commit, builder, previousManifestFile: prevManifest };
}

function collectItem(text: string, before: GivenItem[]): GivenItem[] {
  const at = text.indexOf('=');
  if (at > 0) return [...before, { kind: text.slice(0, at), file: text.slice(at + 1) }];
  throw new InvalidArgumentError('give <kind>=<file>, like junit=reports/junit.xml');
}

const itemList = z.array(
  z.strictObject({
    kind: z.string(),
    file: z.string(),
    name: z.string().exactOptional(),
    madeAt: z.string().exactOptional(),
  }),
);

/** Files are found from where the list is. */
function readItems(file: string): GivenItem[] {
  return readYaml(file, itemList).map((item) => ({ ...item, file: resolve(dirname(file), item.file) }));
}
