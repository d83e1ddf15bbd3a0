import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { engineBuiltins } from '../../src/policy/builtins.ts';
import { type BundleFiles, bundleSignature, inspectBundle, PolicyError, parseTrust, policyDigest } from '../../src/policy/index.ts';
import { resolveTool, run } from '../../src/workbench/index.ts';
import { compiledWith, renamed, shipped, signed, signer, stranger, trust, withManifest, withSelfTest } from '../support/bundles.ts';
import { makeFolder } from '../support/folders.ts';

const good = signed(renamed('good'));
const without = (files: BundleFiles, name: string): BundleFiles => new Map([...files].filter(([key]) => key !== name));
const replaced = (files: BundleFiles, name: string, text: string): BundleFiles => new Map([...files, [name, Buffer.from(text)]]);

const stateOf = async (files: BundleFiles): Promise<string> => {
  const { signature } = await inspectBundle(files, 'the call', trust);
  return signature.state === 'untrusted' ? `untrusted: ${signature.why}` : signature.state;
};
const faultOf = async (files: BundleFiles): Promise<string | null> => (await inspectBundle(files, 'the call', trust)).fault;

describe('a signature', () => {
  it.each<[string, BundleFiles, RegExp]>([
    ['there is none', without(good, bundleSignature), /^missing$/],
    ['of a stranger', signed(renamed('good'), stranger.privateKeyFile), /^untrusted: .*signed by the key .* which is not trusted/],
    [
      'over another manifest',
      new Map([...renamed('other'), [bundleSignature, good.get(bundleSignature) ?? Buffer.alloc(0)]]),
      /^untrusted: /,
    ],
    ['over a manifest with one blank more', replaced(good, 'manifest.json', `${good.get('manifest.json')} `), /^untrusted: /],
    ['that is no JSON', replaced(good, bundleSignature, 'MEUCIQ=='), /^untrusted: .*JSON/],
    ['that is empty', replaced(good, bundleSignature, ''), /^untrusted: /],
    ['that is no sigstore bundle', replaced(good, bundleSignature, '{}'), /^untrusted: /],
    ['with one bit changed', replaced(good, bundleSignature, flipSignature()), /^untrusted: /],
    ['without a manifest', without(good, 'manifest.json'), /^untrusted: /],
    ['of a signer whom we trust', good, /^valid$/],
  ])('%s', async (_, files, state) => {
    expect(await stateOf(files)).toMatch(state);
  });

  it('names its key', async () => {
    const { signature } = await inspectBundle(good, 'the call', trust);
    expect(signature).toEqual({ state: 'valid', signer: `key:${[...trust.keys.keys()][0]}` });
  });

  it('is trusted by nobody where nobody is trusted', async () => {
    const nobody = parseTrust({ keys: [], identities: [] });
    expect((await inspectBundle(good, 'the call', nobody)).signature.state).toBe('untrusted');
  });
});

function flipSignature(): string {
  const bundle = JSON.parse(String(good.get(bundleSignature)));
  const signature = Buffer.from(bundle.messageSignature.signature, 'base64');
  const last = signature.length - 1;
  signature.writeUInt8(signature.readUInt8(last) ^ 1, last);
  bundle.messageSignature.signature = signature.toString('base64');
  return JSON.stringify(bundle);
}

describe('a bundle has a fault', () => {
  const cases = JSON.parse(String(shipped.get('selftest.json')));
  const [first] = cases;
  const claims = (result: string) =>
    signed(withSelfTest(renamed('x'), [{ ...first, name: 'a', expect: { ...first.expect, result } }, ...cases]));
  it.each<[string, BundleFiles, RegExp]>([
    ['no file at all', new Map(), /malformed: it has no manifest\.json/],
    ['no policy', without(good, 'policy.wasm'), /malformed: it has no policy\.wasm/],
    ['a manifest that is no JSON', replaced(good, 'manifest.json', '{'), /malformed: manifest\.json: .*JSON/],
    ['a serial of none', withManifest(good, { serial: 0 }), /at serial/],
    ['another policy', replaced(good, 'policy.wasm', 'x'), /`policy\.wasm` and `data\.json` have digest/],
    ['other data', replaced(good, 'data.json', '{"name":"evil"}'), /`policy\.wasm` and `data\.json` have digest/],
    ['other golden cases', replaced(good, 'selftest.json', '[]'), /`selftest\.json` have digest/],
    ['a policy that is no Wasm', signed(withOwnDigest('no wasm')), /WebAssembly/],
    ['a golden case that it decides otherwise', claims('STEP_UP'), /^the self-test `a` says \w+ by .* instead of STEP_UP by /],
  ])('%s', async (_, files, fault) => {
    expect(await faultOf(files)).toMatch(fault);
  });

  it('a rule broken after its golden cases were written', async () => {
    const files = signed(await compiledWith('rules/core/tenant_match/rule.rego', 'input.actor.tenant == input.resource.tenant', 'true'));
    expect(await faultOf(files)).toMatch(/^the self-test `\w+\.yaml: .*` says ALLOW by .* instead of DENY by core\.tenant_match/);
  });

  it('an action without a golden case', async () => {
    const known = cases.filter(({ input }: { input: { action: string } }) => input.action !== 'flag.set');
    expect(await faultOf(signed(withSelfTest(renamed('x'), known)))).toBe('it brings no golden case of `flag.set`');
  });

  it('that says nothing which a ledger or a terminal could not take', async () => {
    const hostile = `a\u0000\ud800\u001b[2J\u202e${'x'.repeat(100_000)}`;
    const fault = await faultOf(
      signed(withSelfTest(renamed('x'), [{ ...first, name: hostile, expect: { ...first.expect, ruleId: 'no' } }, ...cases])),
    );
    expect(fault).toMatch(/^the self-test `a /);
    expect([fault?.length, fault?.isWellFormed(), /[\p{Cc}\p{Cf}]/u.test(fault ?? '')]).toEqual([501, true, false]);
  });

  it('nobody trusted has signed it: then it is not even loaded, for to load a module is to run it', async () => {
    // (module (func $start (unreachable)) (start $start)): whoever instantiates it sees it fail.
    const bytes = Buffer.from('0061736d01000000010401600000030201000801000a05010300000b', 'hex');
    const data = Buffer.from('{}');
    const digest = policyDigest({ wasm: bytes, data, entrypoint: 'main/decision' });
    const evil = withManifest(new Map([...shipped, ['policy.wasm', bytes], ['data.json', data]]), { digest });
    expect(await faultOf(evil)).toBe('it was not tried: nobody trusted has signed it');
    expect(await faultOf(signed(evil, stranger.privateKeyFile))).toBe('it was not tried: nobody trusted has signed it');
    expect(await faultOf(signed(evil))).toMatch(/unreachable/);
  });

  it('none, as it was built', async () => {
    expect(await faultOf(good)).toBeNull();
  });
});

function withOwnDigest(wasm: string): BundleFiles {
  const bytes = Buffer.from(wasm);
  const data = Buffer.from('{}');
  const digest = policyDigest({ wasm: bytes, data, entrypoint: 'main/decision' });
  return withManifest(new Map([...shipped, ['policy.wasm', bytes], ['data.json', data]]), { digest });
}

describe('builtins', () => {
  it('that the engine lacks are named before any decision', async () => {
    const folder = makeFolder('builtins');
    mkdirSync(join(folder, 'main'));
    writeFileSync(
      join(folder, 'main/main.rego'),
      'package main\n\ndecision := {"at": time.now_ns(), "ok": semver.is_valid("1")} if input.x\n',
    );
    await run(await resolveTool('opa'), ['build', '-t', 'wasm', '-e', 'main/decision', '-o', 'b.tar.gz', 'main'], { cwd: folder });
    await run('tar', ['-xzf', 'b.tar.gz', '/policy.wasm'], { cwd: folder });
    const wasm = readFileSync(join(folder, 'policy.wasm'));
    rmSync(folder, { recursive: true });
    const digest = policyDigest({ wasm, data: Buffer.from('{}'), entrypoint: 'main/decision' });
    const files = signed(withManifest(new Map([...shipped, ['policy.wasm', wasm], ['data.json', Buffer.from('{}')]]), { digest }));
    expect(await faultOf(files)).toBe('the policy calls `semver.is_valid`, `time.now_ns`, which the engine does not have');
  });

  it('that we count on are the ones that the engine has', () => {
    const source = new URL(import.meta.resolve('@open-policy-agent/opa-wasm'));
    const names = ['json', 'strings', 'regex', 'yaml'].flatMap((name) => {
      const text = readFileSync(new URL(`./builtins/${name}.js`, source), 'utf8');
      return [...text.slice(text.indexOf('module.exports')).matchAll(/^\s+"([\w.]+)":|\{ "([\w.]+)": |\{ (\w+) \}/gm)].map(
        (match) => match[1] ?? match[2] ?? match[3],
      );
    });
    expect(names.toSorted()).toEqual([...engineBuiltins].toSorted());
  });
});

describe('trust', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['a file that is no key', () => parseTrust({ keys: [{ name: 'a.pub', pem: 'x' }], identities: [] }), /`a\.pub` holds no public key/],
    [
      'a private key',
      () => parseTrust({ keys: [{ name: 'a.key', pem: readFileSync(signer.privateKeyFile, 'utf8') }], identities: [] }),
      /`a\.key` holds no public key/,
    ],
    ['a root that is no JSON', () => parseTrust({ keys: [], identities: [], root: '{' }), /the trusted root cannot be read/],
  ])('refuses %s', (_, parse, message) => {
    expect(parse).toThrow(PolicyError);
    expect(parse).toThrow(message);
  });
});
