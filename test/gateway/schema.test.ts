import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditCommands } from '../../src/audit/index.ts';
import { type BundleParts, publishPolicy, rollbackPolicy } from '../../src/bundles/index.ts';
import { type CatalogParts, catalogCommands } from '../../src/catalog/index.ts';
import { packageRoot } from '../../src/config/index.ts';
import { setFlag } from '../../src/flags/index.ts';
import { actionOf, buildSchema, GatewayError } from '../../src/gateway/index.ts';
import { readTypeDefs } from '../../src/gateway/schema.ts';
import type { AnyCommand } from '../../src/govern/index.ts';
import { type IncidentParts, incidentCommands } from '../../src/incidents/index.ts';
import type { Ledger } from '../../src/ledger/index.ts';
import { readBundle } from '../../src/policy/index.ts';
import { eraseSubject } from '../../src/privacy/index.ts';
import type { Vault } from '../../src/vault/index.ts';

/** Only what the commands are called is read here, so they get nothing to work with. */
const nothing = {} as IncidentParts & Ledger & BundleParts & Vault & CatalogParts;
const commands: readonly AnyCommand[] = [
  ...incidentCommands(nothing, { enqueue: async () => undefined }, { default: { severity: 'P3', category: 'system_error' }, rules: [] }),
  setFlag,
  ...auditCommands({ ledger: nothing, vault: nothing, shown: async () => undefined }),
  publishPolicy(nothing),
  rollbackPolicy(nothing),
  eraseSubject(nothing, nothing),
  ...catalogCommands(nothing),
];
const actions = commands.map(({ action }) => action).toSorted();
const { manifest } = readBundle(join(packageRoot(), 'policies', 'dist'));
const typeDefs = readTypeDefs();
const schema = buildSchema(actions);
const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
const queries = Object.values(schema.getQueryType()?.getFields() ?? {});

/** Reached by no field: alerts come in over the webhook, files over REST, and what a run came to, or a week, is reported by its job. */
const reachedOtherwise = [
  'alert.receive',
  'evidence.download',
  'evidence.expire',
  'evidence.upload',
  'orchestration.record_dry_run',
  'orchestration.record_outcome',
];

function refusalOf(sdl: string, known: readonly string[] = actions): { code: string; message: string; remedy: string | undefined } {
  try {
    buildSchema(known, sdl);
  } catch (error) {
    if (error instanceof GatewayError) return { code: error.code, message: error.message, remedy: error.remedy };
    throw error;
  }
  throw new Error('the schema was accepted');
}

describe('every mutation is governed', () => {
  it('has the mutations that it has', () => {
    expect(mutations.map(({ name }) => name)).toEqual([
      'acknowledge',
      'resolve',
      'propose',
      'dryRun',
      'approve',
      'reject',
      'execute',
      'declareBreakGlass',
      'reviewBreakGlass',
      'setFlag',
      'publishPolicy',
      'rollbackPolicy',
      'eraseSubject',
      'archiveLedger',
      'registerEvidence',
      'waiveEvidence',
      'publishEvidence',
      'promoteRelease',
    ]);
  });

  it.each(mutations.map((field) => ({ name: field.name, action: actionOf(schema, field) })))(
    '`$name` names an action that has a command and that the policy knows',
    ({ action }) => {
      expect(actions).toContain(action);
      expect(manifest.actions).toContain(action);
    },
  );

  it.each(mutations.map(({ name }) => name))('without its directive, `%s` makes the schema refused', (name) => {
    const line = new RegExp(`^(  ${name}\\(input: .*) @governed\\(action: "[a-z_.]+"\\)$`, 'm');
    expect(typeDefs).toMatch(line);
    expect(refusalOf(typeDefs.replace(line, '$1'))).toEqual({
      code: 'gateway.ungoverned_mutation',
      message: `the mutation \`${name}\` carries no @governed(action:)`,
      remedy: 'name its action in schema.graphql; nothing changes state without a decision',
    });
  });

  it('refuses a new mutation without the directive, whatever resolver it brings', () => {
    expect(refusalOf(`${typeDefs}\nextend type Mutation { wipe: Boolean }`).code).toBe('gateway.ungoverned_mutation');
  });

  it.each(mutations.map((field) => ({ name: field.name, action: actionOf(schema, field) ?? '' })))(
    'refuses `$name` when nothing carries out its action',
    ({ name, action }) => {
      const others = actions.filter((known) => known !== action);
      expect(refusalOf(typeDefs, others)).toEqual({
        code: 'gateway.unknown_action',
        message: `\`Mutation.${name}\` names the action \`${action}\`, for which there is no command`,
        remedy: 'add the command to its domain, or correct the name',
      });
    },
  );

  it('refuses an action that is misspelt', () => {
    expect(refusalOf(typeDefs.replace('"flag.set"', '"flag.sett"')).message).toBe(
      '`Mutation.setFlag` names the action `flag.sett`, for which there is no command',
    );
  });
});

describe('commands, fields and policy are the same set', () => {
  it('has a command for each action of the policy, and a grant for each command', () => {
    expect(actions).toEqual(manifest.actions);
  });

  it('reaches every command by a field, a webhook or a job', () => {
    const byField = [...mutations, ...queries].flatMap((field) => actionOf(schema, field) ?? []);
    const twice = ['evidence.list']; // the releases, and the bundles of one
    expect([...byField, ...reachedOtherwise].toSorted()).toEqual([...actions, ...twice].toSorted());
  });

  it('leaves only these queries ungoverned: what a tenant shows its own members', () => {
    const open = queries.filter((field) => actionOf(schema, field) === undefined).map(({ name }) => name);
    expect(open).toEqual([
      'viewer',
      'incident',
      'incidents',
      'orchestration',
      'breakGlass',
      'breakGlasses',
      'flags',
      'policy',
      'receipt',
      'checkpoint',
    ]);
  });
});
