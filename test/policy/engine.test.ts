import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf, digestOfJson } from '../../src/core/index.ts';
import { inputSchema, PolicyEngine, type PolicyInput, policyInput, policyNow, readBundle } from '../../src/policy/index.ts';
import { resolveTool, run } from '../../src/workbench/index.ts';
import { makeFolder } from '../support/folders.ts';
import { dist, goldenCases, policies, varied } from './golden-cases.ts';

const cases = goldenCases();
const bundle = readBundle(dist);
const engine = await PolicyEngine.load(bundle);

/** For what no caller that obeys the types would pass. */
const untyped = (value: unknown) => value as PolicyInput;
const allowed = inputOf('orchestration.yaml: executing, by whom: a responder executes what Sam approved');

function inputOf(name: string): PolicyInput {
  const found = cases.find((golden) => golden.name === name);
  if (found === undefined) throw new Error(`there is no golden case \`${name}\``);
  return found.input;
}

const fault = {
  result: 'DENY',
  ruleId: 'engine.fault',
  explanation: 'the policy engine could not decide, so the answer is no',
  rules: [
    {
      ruleId: 'engine.fault',
      effect: 'DENY',
      explanation: 'the policy engine could not decide, so the answer is no',
      remedy: 'repeat the call; if it lasts, tell the operators the decision id',
    },
  ],
  challenge: null,
  obligations: [],
};

describe('the input', () => {
  it('has the schema that the rules are checked against', () => {
    expect(inputSchema()).toEqual(JSON.parse(readFileSync(join(policies, 'schema/input.json'), 'utf8')));
  });

  it.each(cases)('is accepted: $name', ({ input }) => {
    expect(policyInput.parse(input)).toEqual(input);
  });

  it.each([
    ['2026-09-21T14:13:20.999Z', { epoch: 1790000000, iso: '2026-09-21T14:13:20.999Z', weekday: 1, minuteOfDay: 853 }],
    ['2026-09-20T00:00:00.000Z', { epoch: 1789862400, iso: '2026-09-20T00:00:00.000Z', weekday: 7, minuteOfDay: 0 }],
    ['2026-09-19T23:59:59.999Z', { epoch: 1789862399, iso: '2026-09-19T23:59:59.999Z', weekday: 6, minuteOfDay: 1439 }],
  ])('sees the moment %s', (iso, expected) => {
    expect(policyNow(new Date(iso))).toEqual(expected);
  });
});

describe('rule ids', () => {
  const known = new Set(bundle.manifest.rules.map(({ id }) => id));

  it('survive compilation: what verdicts name is in the manifest, and all of it is named', () => {
    const verdicts = cases.map(({ input }) => engine.decide(input).verdict);
    const named = new Set(verdicts.flatMap(({ ruleId, rules }) => [ruleId, ...rules.map((rule) => rule.ruleId)]));
    expect([...named].sort()).toEqual([...known].sort());
  });

  it('name the default denial too', () => {
    expect(known).toContain('default.no_grant');
  });

  it('bring the remedy that the manifest lists', () => {
    const remedies = new Map(bundle.manifest.rules.map(({ id, remedy }) => [id, remedy]));
    const unmet = cases.flatMap(({ input }) => engine.decide(input).verdict.rules);
    const others = unmet.filter(({ ruleId, remedy }) => remedies.get(ruleId) !== remedy);
    expect(
      others.filter(({ ruleId, remedy }) => ruleId !== 'evidence.complete' || !remedy.endsWith(`; then ${remedies.get(ruleId)}`)),
    ).toEqual([]);
  });
});

describe('whatever the input', () => {
  it('an empty one gets a complete denial', () => {
    const { verdict, fault: why } = engine.decide(untyped({}));
    expect(why).toBeUndefined();
    expect({ ...verdict, rules: verdict.rules.map(({ ruleId }) => ruleId) }).toEqual({
      result: 'DENY',
      ruleId: 'core.tenant_match',
      explanation: "the resource is not of the actor's tenant",
      rules: ['core.tenant_match', 'core.resource_known', 'default.no_grant', 'core.purpose'],
      challenge: null,
      obligations: ['mask_explanation'],
    });
  });

  it.each([null, false, 0, '', true, 5, 'orchestration.execute', [], [1]])('%j is denied like an empty one', (value) => {
    expect(engine.decide(untyped(value)).verdict).toEqual(engine.decide(untyped({})).verdict);
  });

  it.each([
    5,
    null,
    true,
    ['orchestration.execute'],
    { domain: 'orchestration' },
    '__proto__.x',
    'constructor',
    'toString.call',
    'core.purpose',
  ])('the action %j is granted to nobody', (action) => {
    const { verdict } = engine.decide(untyped({ ...allowed, action }));
    expect(verdict).toMatchObject({ result: 'DENY', ruleId: 'default.no_grant' });
  });

  it.each<[string, string]>([
    ['at the top', '{"__proto__": {"polluted": true}}'],
    ['with what would allow', `{"__proto__": ${JSON.stringify(allowed)}}`],
    ['in the actor', '{"actor": {"__proto__": {"roles": ["org-admin"], "tenant": "acme"}}}'],
  ])('a key `__proto__` %s is a key like others', (_, text) => {
    expect(engine.decide(untyped(JSON.parse(text))).verdict).toMatchObject({ result: 'DENY', ruleId: 'core.tenant_match' });
    expect(engine.decide(untyped({ ...JSON.parse(text), ...allowed })).verdict.result).toBe('ALLOW');
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('a megabyte of it is decided', () => {
    const roles = Array.from({ length: 100_000 }, (_, index) => `role ${index}`);
    expect(engine.decide({ ...allowed, actor: { ...allowed.actor, roles } }).verdict).toMatchObject({ ruleId: 'default.no_grant' });
    const justification = 'x'.repeat(1 << 20);
    expect(engine.decide({ ...allowed, facts: { ...allowed.facts, request: { planHash: 'sha256:aa', justification } } }).verdict).toEqual(
      engine.decide(allowed).verdict,
    );
  });

  it('more than the memory holds is denied, and the next is decided as before', async () => {
    const fresh = await PolicyEngine.load(bundle);
    const before = fresh.decide(allowed).verdict;
    const id = 'x'.repeat(70 << 20);
    expect(fresh.decide({ ...allowed, actor: { ...allowed.actor, id } }).verdict).toEqual(fault);
    expect(fresh.decide(allowed).verdict).toEqual(before);
  });
});

describe('what has no canonical form', () => {
  it.each<[string, PolicyInput]>([
    ['a lone surrogate', { ...allowed, action: 'orchestration.execute\ud800' }],
    ['an integer beyond 2^53 - 1', { ...allowed, now: { ...allowed.now, epoch: 2 ** 53 } }],
    ['a number that JSON lacks', { ...allowed, now: { ...allowed.now, epoch: Number.NaN } }],
  ])('has no digest and gets no decision at all: %s', (_, input) => {
    expect(() => engine.decide(input)).toThrow(expect.objectContaining({ code: 'canonical.unsupported_value' }));
  });
});

describe('the same input', () => {
  it('gets the same answer and digest a hundred times, in whatever order its keys are', () => {
    const reversed = Object.fromEntries(Object.entries(allowed).reverse());
    for (const { input } of cases.filter((_, index) => index % 10 === 0)) {
      const first = engine.decide(input);
      for (let time = 0; time < 100; time += 1) {
        const again = engine.decide(structuredClone(input));
        expect({ ...again, micros: 0 }).toEqual({ ...first, micros: 0 });
      }
    }
    expect({ ...engine.decide(untyped(reversed)), micros: 0 }).toEqual({ ...engine.decide(allowed), micros: 0 });
  });

  it('is named by the digest of its canonical JSON, beside the policy that decided', () => {
    const { inputDigest, policy, micros } = engine.decide(allowed);
    expect(inputDigest).toBe(digestOfJson(allowed));
    expect(policy).toEqual({ digest: bundle.manifest.digest, revision: bundle.manifest.revision });
    expect(micros).toBeGreaterThanOrEqual(0);
  });

  it('has another digest when anything in it is another', () => {
    const other = varied(allowed, { 'facts.dryRun.ageSeconds': 61 });
    expect(engine.decide(untyped(other)).inputDigest).not.toBe(engine.decide(allowed).inputDigest);
  });
});

type Memory = { readonly buffer: ArrayBuffer };

/** Loads an engine and tells its Wasm memory, which it keeps to itself, by standing in for the constructor. */
async function loadWithMemory(): Promise<{ fresh: PolicyEngine; bytes: () => number }> {
  const wasm = Reflect.get(globalThis, 'WebAssembly') as { Memory: new (limits: object) => Memory };
  const made: Memory[] = [];
  const original = wasm.Memory;
  wasm.Memory = class extends original {
    constructor(limits: object) {
      super(limits);
      made.push(this);
    }
  };
  try {
    const fresh = await PolicyEngine.load(bundle);
    return { fresh, bytes: () => made.reduce((sum, { buffer }) => sum + buffer.byteLength, 0) };
  } finally {
    wasm.Memory = original;
  }
}

describe('memory', () => {
  it('does not grow over 20,000 decisions', async () => {
    const { fresh, bytes } = await loadWithMemory();
    for (const { input } of cases) fresh.decide(input);
    const settled = bytes();
    expect(settled).toBeGreaterThan(0);
    for (let time = 0; time < 20_000; time += 1) {
      const golden = cases[time % cases.length];
      if (golden !== undefined) fresh.decide(golden.input);
    }
    expect(bytes()).toBe(settled);
  });

  it('is bounded by 64 MiB', async () => {
    const { fresh, bytes } = await loadWithMemory();
    for (const size of [1 << 20, 20 << 20, 50 << 20, 70 << 20]) {
      fresh.decide({ ...allowed, actor: { ...allowed.actor, id: 'x'.repeat(size) } });
      expect(bytes()).toBeLessThanOrEqual(64 << 20);
    }
  });
});

/** Policies that break each promise the engine relies on. `decision` is what a right one would say. */
const bad = `package bad

decision := {"result": "DENY", "ruleId": "a", "explanation": "b", "rules": [], "challenge": null, "obligations": set()}
_rule := {"ruleId": "a", "effect": "DENY", "explanation": "b", "remedy": "c"}

sorted := object.union(decision, {"obligations": {"watermark", "expire", "notify", "mask"}})
silent := decision if input.never
number := 1
text := "ALLOW"
nothing := null
list := [decision, decision]
true_only := true
allow_with_unmet := object.union(decision, {"result": "ALLOW", "rules": [_rule]})
step_up_without_challenge := object.union(decision, {"result": "STEP_UP"})
deny_with_challenge := object.union(decision, {"challenge": {"acrValues": "a", "maxAge": 1}})
allow_with_challenge := object.union(decision, {"result": "ALLOW", "challenge": {"acrValues": "a", "maxAge": 1}})
other_result := object.union(decision, {"result": "allow"})
other_effect := object.union(decision, {"rules": [object.union(_rule, {"effect": "ALLOW"})]})
no_remedy := object.union(decision, {"rules": [object.remove(_rule, {"remedy"})]})
no_id := object.union(decision, {"ruleId": ""})
no_explanation := object.remove(decision, {"explanation"})
no_obligations := object.remove(decision, {"obligations"})
odd_challenge := object.union(decision, {"result": "STEP_UP", "challenge": {"acrValues": "a", "maxAge": 0}})
conflict := x if some x in ["one", "two"]
`;
const entrypoints = [...bad.matchAll(/^([a-z]\w*) :=/gm)].map(([, name]) => name ?? '');

describe('a policy that breaks its promises', () => {
  const folder = makeFolder('bad-policy');
  afterAll(() => rmSync(folder, { recursive: true }));
  let wasm: Buffer<ArrayBuffer>;
  beforeAll(async () => {
    mkdirSync(join(folder, 'bad'));
    writeFileSync(join(folder, 'bad/bad.rego'), bad);
    const named = entrypoints.flatMap((name) => ['--entrypoint', `bad/${name}`]);
    await run(await resolveTool('opa'), ['build', '--target', 'wasm', ...named, '--output', 'bundle.tar.gz', 'bad'], { cwd: folder });
    await run('tar', ['-xzf', 'bundle.tar.gz', '/policy.wasm'], { cwd: folder });
    wasm = readFileSync(join(folder, 'policy.wasm'));
  }, 600_000);

  const load = (entrypoint: string) =>
    PolicyEngine.load({ manifest: { ...bundle.manifest, entrypoint, digest: digestOf(wasm) }, wasm, data: {} });

  it.each([...entrypoints.filter((name) => name !== 'decision' && name !== 'sorted'), 'unheard_of'])('is a fault: %s', async (name) => {
    const broken = await load(`bad/${name}`);
    const { verdict, fault: why, inputDigest, policy } = broken.decide(allowed);
    expect(verdict).toEqual(fault);
    expect(why).toBeDefined();
    expect(inputDigest).toBe(digestOfJson(allowed));
    expect(policy.digest).toBe(digestOf(wasm));
  });

  it.each([
    ['conflict', 'string'],
    ['unheard_of', 'string'],
  ])('keeps what %s throws, a %s and no Error', async (name, type) => {
    const { fault: why } = (await load(`bad/${name}`)).decide(allowed);
    expect(typeof why).toBe(type);
    expect(why).not.toBeInstanceOf(Error);
  });

  it('is decided as before once it keeps them', async () => {
    const { verdict, fault: why } = (await load('bad/decision')).decide(allowed);
    expect({ verdict, why }).toMatchObject({ verdict: { result: 'DENY', ruleId: 'a' }, why: undefined });
  });

  it('gives obligations in order, whatever order Wasm gives', async () => {
    expect((await load('bad/sorted')).decide(allowed).verdict.obligations).toEqual(['expire', 'mask', 'notify', 'watermark']);
  });

  it('is not loaded at all when it is no Wasm', async () => {
    await expect(PolicyEngine.load({ ...bundle, wasm: Buffer.from('no wasm') })).rejects.toThrow(/WebAssembly/);
  });
});
