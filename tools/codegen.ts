import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as resolvers from '@graphql-codegen/typescript-resolvers';
import { parse } from 'graphql';
import { ToolError } from '../src/workbench/index.ts';
import { isMain, script } from './main.ts';

/** GraphQL types whose parents in resolvers are our own types: `{ Incident: '../../incidents/index.ts#Incident' }`, seen from src/gateway. */
const mappers: Record<string, string> = {
  ArchiveLedgerPayload: '../govern/index.ts#Outcome',
  BreakGlass: '../incidents/index.ts#BreakGlass as BreakGlassModel',
  BreakGlassPayload: '../govern/index.ts#Outcome',
  BreakGlassReview: '../incidents/index.ts#BreakGlassReview as BreakGlassReviewModel',
  Decision: '../govern/index.ts#Decision as DecisionModel',
  ConsistencyProofPayload: '../govern/index.ts#Outcome',
  EntriesPayload: '../govern/index.ts#Outcome',
  EntryProofPayload: '../govern/index.ts#Outcome',
  EraseSubjectPayload: '../govern/index.ts#Outcome',
  EvidenceBundleConnection: '../core/index.ts#JsonObject',
  EvidenceBundlesPayload: '../govern/index.ts#Outcome',
  EvidenceReleaseConnection: '../core/index.ts#JsonObject',
  EvidenceReleasesPayload: '../govern/index.ts#Outcome',
  EvidencePromotion: '../core/index.ts#JsonObject',
  EvidenceRegistration: '../core/index.ts#JsonObject',
  Flag: '../flags/index.ts#Flag as FlagModel',
  FlagPayload: '../govern/index.ts#Outcome',
  Incident: '../incidents/index.ts#Incident as IncidentModel',
  IncidentPayload: '../govern/index.ts#Outcome',
  Orchestration: '../incidents/index.ts#Orchestration as OrchestrationModel',
  OrchestrationPayload: '../govern/index.ts#Outcome',
  PromoteReleasePayload: '../govern/index.ts#Outcome',
  PublishedEvidence: '../core/index.ts#JsonObject',
  PublishEvidencePayload: '../govern/index.ts#Outcome',
  RegisterEvidencePayload: '../govern/index.ts#Outcome',
  PolicyActivation: '../bundles/index.ts#Activation as ActivationModel',
  PolicyChangePayload: '../govern/index.ts#Outcome',
  PolicyStatus: '../policy/index.ts#PolicyVersion as PolicyVersionModel',
  Receipt: '../ledger/index.ts#Receipt as ReceiptModel',
  TimelinePayload: '../govern/index.ts#Outcome',
  WaivedRequirement: '../core/index.ts#JsonObject',
  WaiveEvidencePayload: '../govern/index.ts#Outcome',
};

const config = {
  contextType: './context.ts#GatewayContext',
  mappers,
  scalars: { ID: 'string', DateTime: { input: 'string', output: 'Date | string' }, JSON: '../core/index.ts#Json', Long: 'number' },
  strictScalars: true,
  // Our tsconfig: no enums at run time, types imported as types, an absent property is not an undefined one.
  enumsAsTypes: true,
  useTypeImports: true,
  immutableTypes: true,
  defaultScalarType: 'unknown',
  avoidOptionals: { field: true, resolvers: false },
  maybeValue: 'T | null',
  inputMaybeValue: 'T | null | undefined',
  skipTypename: true,
};

const header = '// Generated from schema.graphql by `npm run generate`. Do not edit.\n';

/** The resolver types of a schema, as TypeScript. @throws GraphQLError when the schema is not valid. */
export async function generate(schema: string, filename: string): Promise<string> {
  const code = await codegen({
    documents: [],
    config,
    filename,
    schema: parse(schema),
    plugins: [{ typescript: {} }, { resolvers: {} }],
    pluginMap: { typescript, resolvers },
  });
  return `${header}${code.trim()}\n`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { schema: { type: 'string' }, out: { type: 'string' }, check: { type: 'boolean', default: false } },
  });
  const root = join(import.meta.dirname, '..');
  const schema = resolve(values.schema ?? join(root, 'schema.graphql'));
  const out = resolve(values.out ?? join(root, 'src', 'gateway', 'schema.gen.ts'));
  const code = await generate(readFileSync(schema, 'utf8'), out);
  if (values.check) {
    if (existsSync(out) && readFileSync(out, 'utf8') === code) return;
    throw new ToolError('codegen.stale', `\`${out}\` is not what \`${schema}\` generates`, {
      remedy: 'run `npm run generate` and commit the result',
    });
  }
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, code);
  process.stdout.write(`wrote ${out}\n`);
}

if (isMain(import.meta.url)) await script(main);
