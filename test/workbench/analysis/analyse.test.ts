import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { analyse, type Finding, loadPolicy } from '../../../src/workbench/index.ts';
import { makeFolder } from '../../support/folders.ts';
import { analysis, analysisFolder, bugs, declaring, narrow, narrowed, type Plant, planted, policies } from './planted.ts';

const executed =
  'Rita, a responder, executes on a P1 what Pat proposed and Sam approved, five minutes after signing in with a second factor';
const approved = 'Sam, an SRE, approves the remedy that Pat proposed, after a dry run a minute ago';
const execute = 'orchestration.execute';

const told = (findings: readonly Finding[]) => findings.map(({ invariant, words }) => `${invariant}: ${words}`);

async function findingsOf(actions: readonly string[], ...plants: readonly Plant[]): Promise<readonly Finding[]> {
  return analyse(await planted(...plants), narrowed(), { actions, sample: 200 }).findings;
}

function codeAndMessage(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { code, message };
  }
}

describe('a planted bug is found, with the input nearest to the baseline', () => {
  // Bugs of several rules in one policy: none hides another.
  const actions = ['alert.receive', 'orchestration.approve', execute];
  let findings: readonly Finding[];
  beforeAll(async () => {
    findings = await findingsOf(actions, bugs.freshness, bugs.signIn, bugs.tenant, bugs.fourEyes);
  });
  const of = (...invariants: string[]) => told(findings.filter(({ invariant }) => invariants.includes(invariant)));

  it('`<` for `<=` in the age of a dry run', () => {
    expect(of('dry_run_fresh')).toEqual([
      `dry_run_fresh: \`orchestration.approve\` is DENY by \`orchestration.dry_run_fresh\` when facts.dryRun.ageSeconds is 1800; everything else as in the baseline (${approved})`,
      `dry_run_fresh: \`orchestration.execute\` is DENY by \`orchestration.dry_run_fresh\` when facts.dryRun.ageSeconds is 1800; everything else as in the baseline (${executed})`,
    ]);
  });

  it('`<` for `<=` in the age of a sign-in', () => {
    expect(of('step_up_fresh')).toEqual([
      `step_up_fresh: \`orchestration.execute\` is STEP_UP by \`orchestration.step_up\` when actor.authTime is 900 s ago; everything else as in the baseline (${executed})`,
    ]);
  });

  it('a tenant check that was forgotten, in every action', () => {
    const forgotten = findings.filter(({ invariant }) => invariant === 'tenant');
    expect(forgotten.map(({ action }) => action)).toEqual(actions);
    expect(forgotten[0]?.words).toBe(
      '`alert.receive` is ALLOW by `alert.service_grant` when resource.tenant is umbrella; everything else as in the baseline (a configured webhook source of the tenant hands in an alert)',
    );
    expect(forgotten[0]?.example).toMatchObject({
      changes: [{ attribute: 'resource.tenant', value: 'umbrella', baseline: 'acme' }],
      input: { action: 'alert.receive', actor: { id: 'service:pager', tenant: 'acme' }, resource: { tenant: 'umbrella' } },
    });
  });

  it('four eyes removed', () => {
    expect(of('four_eyes_executor', 'four_eyes_proposer')).toEqual([
      `four_eyes_executor: \`orchestration.execute\` is ALLOW by \`orchestration.role_grant\` when facts.approvals is Rita's of plan aa; everything else as in the baseline (${executed})`,
      `four_eyes_proposer: \`orchestration.execute\` is ALLOW by \`orchestration.role_grant\` when facts.approvals is Rita's of plan aa and Pat's of plan aa; everything else as in the baseline (${executed})`,
    ]);
  });

  it('and nothing else is', () => {
    expect(new Set(findings.map(({ invariant }) => invariant))).toEqual(
      new Set(['tenant', 'place_enough', 'dry_run_fresh', 'four_eyes_executor', 'four_eyes_proposer', 'step_up_fresh']),
    );
  });

  it('a kill switch that works the wrong way round: its baseline is not allowed either', async () => {
    expect(told(await findingsOf([execute], bugs.killSwitch))).toEqual([
      `baseline: \`orchestration.execute\` is DENY by \`orchestration.kill_switch\` in the baseline (${executed}) itself`,
      `kill_switch: \`orchestration.execute\` is ALLOW by \`orchestration.role_grant\` when facts.killSwitch is true; everything else as in the baseline (${executed})`,
      `step_up_cures: \`orchestration.execute\` is STEP_UP by \`orchestration.step_up\` when actor.authTime is null and facts.killSwitch is true; everything else as in the baseline (${executed})`,
    ]);
  });

  it('a device that is trusted more and allowed less', async () => {
    expect(told(await findingsOf(['flag.set'], bugs.device))).toContain(
      'device_monotone: `flag.set` is DENY by `core.device_trust` in the baseline (Sam, an SRE, sets the kill switch from a trusted device and says why) itself; it is ALLOW when context.deviceTrust is medium',
    );
  });

  it('an exception in `main` itself: what it looks at is a gate, and gone through too', async () => {
    const policy = await planted({
      file: 'main/main.rego',
      from: '[requirement | requirement := rules.core[_].unmet[_]]',
      to: '[requirement | input.context.zone != "internal"; requirement := rules.core[_].unmet[_]]',
    });
    expect(policy.engine.manifest.gates).toEqual(['context.zone', 'resource.known']);
    const { findings } = analyse(policy, narrowed(), { actions: ['ledger.read_entry'], sample: 400 });
    expect(told(findings)[0]).toBe(
      'tenant: `ledger.read_entry` is ALLOW by `ledger.role_grant` when context.zone is absent and resource.tenant is umbrella; everything else as in the baseline (Rita, a responder, reads an entry of the record)',
    );
  });
});

describe('our own policies', () => {
  it('keep every invariant, over the inputs of every action', { timeout: 120_000 }, async () => {
    const policy = await loadPolicy(join(policies, 'dist'));
    // Over the whole space in `npm run policy:check`, which takes longer.
    const { actions, findings } = analyse(policy, narrowed(), { sample: 100 });
    process.stdout.write(
      `${actions.map(({ action, inputs, milliseconds }) => `${action}: ${inputs} inputs in ${milliseconds} ms`).join('\n')}\n`,
    );
    expect(findings).toEqual([]);
    expect(actions.map(({ action }) => action)).toEqual(policy.engine.manifest.actions);
    for (const { inputs, allow, stepUp, deny } of actions) {
      expect(allow + stepUp + deny).toBe(inputs);
      expect(allow).toBeGreaterThan(0n);
    }
  });
});

describe('what the analysis cannot go through is an error, not a result', () => {
  const own = async () => await loadPolicy(join(policies, 'dist'));
  const on =
    (folder: string, action = execute) =>
    async () => {
      const policy = await own();
      return codeAndMessage(() => analyse(policy, folder, { actions: [action], sample: 200 }));
    };

  it('a rule that reads what is not declared is named, with its file', async () => {
    const policy = await planted({
      file: 'rules/flag/justification/rule.rego',
      from: '_justified if count(',
      to: '_justified if input.facts.budget.left > 0\n\n_justified if count(',
    });
    expect(codeAndMessage(() => analyse(policy, analysis, { actions: ['flag.set'] }))).toEqual({
      code: 'analysis.undeclared',
      message:
        'rule `flag.justification` in `rules/flag/justification/rule.rego` reads `input.facts.budget.left`, which analysis/space.yaml does not declare',
    });
  });

  it('reading an object is reading all that the schema has in it', async () => {
    const policy = await planted({
      file: 'rules/flag/justification/rule.rego',
      from: '_justified if count(',
      to: '_justified if count(input.context) > 9\n\n_justified if count(',
    });
    const folder = analysisFolder({
      space: (space) => ({
        ...space,
        attributes: Object.fromEntries(Object.entries(space['attributes'] as object).filter(([path]) => path !== 'context.channel')),
      }),
    });
    expect(codeAndMessage(() => analyse(policy, folder, { actions: ['flag.set'] }))).toEqual({
      code: 'analysis.undeclared',
      message:
        'rule `flag.justification` in `rules/flag/justification/rule.rego` reads `input.context.channel`, which analysis/space.yaml does not declare',
    });
  });

  it('a manifest that does not tell all that a rule reads', async () => {
    const folder = makeFolder('bundle');
    cpSync(join(policies, 'dist'), folder, { recursive: true });
    const file = join(folder, 'manifest.json');
    const text = readFileSync(file, 'utf8');
    const untrue = text.replace('"facts.killSwitch"', '"facts.dryRun.passed"');
    expect(untrue).not.toBe(text);
    writeFileSync(file, untrue);
    const policy = await loadPolicy(folder);
    const space = analysisFolder({
      space: narrow,
      invariants: [{ id: 'kill_switch', title: 'it stops', actions: [execute], never: 'ALLOW', when: { 'facts.killSwitch': [true] } }],
    });
    expect(codeAndMessage(() => analyse(policy, space, { actions: [execute], sample: 2_000 }))).toMatchObject({
      code: 'analysis.unsound',
      message: expect.stringMatching(
        /^the engine answers DENY by `[a-z._]+`, the rules taken one by one say something else of `orchestration\.kill_switch`: \{/,
      ),
    });
  });

  it('helpers of a rule that contradict each other', async () => {
    const policy = await planted({
      file: 'rules/orchestration/kill_switch/rule.rego',
      from: '_explanation := "the kill switch `remediation.kill-switch` is engaged" if input.facts.killSwitch == true',
      to: '_explanation := "engaged" if input.facts.killSwitch == true\n\n_explanation := "stopped" if input.facts.killSwitch in {true}',
    });
    expect(codeAndMessage(() => analyse(policy, narrowed(), { actions: [execute] }))).toMatchObject({
      code: 'analysis.unsound',
      message: expect.stringMatching(/^the planted policy has no answer to \{.*"killSwitch":true/),
    });
  });

  const ids = Array.from({ length: 1_000 }, (_, index) => `user:${index}`);
  const onlyTenant = { id: 'tenant', title: 'no other tenant', actions: '*', never: 'ALLOW' };
  it.each<[string, string, Parameters<typeof analysisFolder>[0], string]>([
    [
      'a rule that reads too much',
      'analysis.too_large',
      { space: declaring({ 'actor.id': { values: ids } }) },
      '`default.no_grant` reads 1333332 combinations on `orchestration.execute`: actor.id (1001), actor.roles (37), facts.breakGlass.active (3), facts.breakGlass.declaredBy (4), facts.breakGlass.secondsLeft (3)',
    ],
    [
      'a baseline outside of its order',
      'analysis.malformed',
      { space: declaring({ 'context.deviceTrust': { order: 'rising', values: ['low'] } }) },
      "the baseline's high of `context.deviceTrust` is not among its ordered values",
    ],
    [
      'an absence that is not declared',
      'analysis.malformed',
      { space: (space) => ({ ...space, base: { action: '', facts: {} } }) },
      '`actor.acr` is absent in a baseline, but space.yaml does not call it optional',
    ],
    [
      'an action without baseline',
      'analysis.malformed',
      { space: (space) => ({ ...space, actions: {} }) },
      'space.yaml has no baseline for the action `alert.receive`',
    ],
    [
      'a value that is never taken',
      'analysis.malformed',
      { invariants: [{ ...onlyTenant, when: { 'actor.tenant': ['acme inc'] } }] },
      'invariant `tenant` says "acme inc" of `actor.tenant`, which space.yaml does not let it be',
    ],
    [
      'an attribute that only an invariant knows',
      'analysis.undeclared',
      { invariants: [{ ...onlyTenant, when: { 'actor.shoeSize': [44] } }] },
      'an invariant reads `input.actor.shoeSize`, which analysis/space.yaml does not declare',
    ],
    [
      'trust without an order',
      'analysis.malformed',
      { invariants: [{ id: 'trust', title: 'trust', actions: '*', monotone: 'actor.tenant' }] },
      'invariant `trust` needs an order of `actor.tenant`, which space.yaml does not give',
    ],
    ['two invariants of one id', 'analysis.malformed', { invariants: [onlyTenant, onlyTenant] }, 'two invariants are called `tenant`'],
    [
      'an action that nobody knows',
      'analysis.malformed',
      { invariants: [{ ...onlyTenant, actions: ['flag.unset'] }] },
      'the policy knows no action `flag.unset`, which the analysis names',
    ],
  ])('%s', async (_, code, change, message) => {
    expect(await on(analysisFolder(change))()).toEqual({ code, message });
  });

  it('an action that is asked for and does not exist', async () => {
    expect(await on(analysis, 'flag.unset')()).toEqual({ code: 'analysis.malformed', message: 'the policy knows no action `flag.unset`' });
  });

  it.each<[string, string, RegExp]>([
    ['no file', '', /^there is no `.*\/space\.yaml`$/],
    ['no YAML', 'a: [', /space\.yaml` is not YAML: /],
    ['another shape', 'attributes: {}', /space\.yaml` is not as it should be: .*base/s],
  ])('a space file: %s', async (_, text, message) => {
    const folder = makeFolder('analysis');
    if (text !== '') writeFileSync(join(folder, 'space.yaml'), text);
    expect(await on(folder)()).toMatchObject({ code: 'analysis.malformed', message: expect.stringMatching(message) });
  });
});
