import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/core/index.ts';
import { PolicyError, policyDigest, readBundle } from '../../src/policy/index.ts';
import { makeFolder } from '../support/folders.ts';
import { dist } from './golden-cases.ts';

let folder: string;
beforeEach(() => {
  folder = makeFolder('bundle');
  cpSync(dist, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string | Buffer) => writeFileSync(join(folder, name), text);

/** Writes the manifest anew, changed. */
function changeManifest(change: (manifest: Record<string, unknown>) => object): void {
  write('manifest.json', JSON.stringify(change(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')))));
}

function refusal(): PolicyError {
  try {
    readBundle(folder);
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

const without = (key: string) => () => changeManifest(({ [key]: _, ...rest }) => rest);

describe('a bundle is refused', () => {
  it.each<[string, string, RegExp, () => void]>([
    ['policy.bundle_unreadable', 'without its folder', /manifest\.json`: ENOENT/, () => rmSync(folder, { recursive: true })],
    ['policy.bundle_unreadable', 'without manifest', /manifest\.json`: ENOENT/, () => rmSync(join(folder, 'manifest.json'))],
    ['policy.bundle_unreadable', 'without policy', /policy\.wasm`: ENOENT/, () => rmSync(join(folder, 'policy.wasm'))],
    ['policy.bundle_unreadable', 'without data', /data\.json`: ENOENT/, () => rmSync(join(folder, 'data.json'))],
    ['policy.bundle_malformed', 'with a manifest that is no JSON', /JSON/, () => write('manifest.json', '{')],
    ['policy.bundle_malformed', 'with an empty manifest', /JSON/, () => write('manifest.json', '')],
    ['policy.bundle_malformed', 'with a manifest that is null', /expected object/, () => write('manifest.json', 'null')],
    ['policy.bundle_malformed', 'with a manifest that is a list', /expected object/, () => write('manifest.json', '[]')],
    ['policy.bundle_malformed', 'without revision', /at revision/, without('revision')],
    ['policy.bundle_malformed', 'without digest', /at digest/, without('digest')],
    ['policy.bundle_malformed', 'without entrypoint', /at entrypoint/, without('entrypoint')],
    ['policy.bundle_malformed', 'without actions', /at actions/, without('actions')],
    ['policy.bundle_malformed', 'without rules', /at rules/, without('rules')],
    ['policy.bundle_malformed', 'with an empty revision', /at revision/, () => changeManifest((was) => ({ ...was, revision: '' }))],
    [
      'policy.bundle_malformed',
      'with a digest of another form',
      /at digest/,
      () => changeManifest((was) => ({ ...was, digest: 'sha1:00' })),
    ],
    ['policy.bundle_malformed', 'with a rule without id', /at rules\[0\]\.id/, () => changeManifest((was) => ({ ...was, rules: [{}] }))],
    ['policy.bundle_malformed', 'with data that is no JSON', /data\.json: .*JSON/, () => replaceData('{"a":')],
    ['policy.bundle_malformed', 'with data that is no object', /data\.json is not an object/, () => replaceData('null')],
    ['policy.bundle_malformed', 'with a self-test that is none', /selftest\.json: .*expected array/, () => replaceSelfTest('{}')],
    ['policy.bundle_malformed', 'without serial', /at serial/, without('serial')],
    ['policy.digest_mismatch', 'with another self-test', /`selftest\.json` have digest/, () => write('selftest.json', '[]')],
    ['policy.digest_mismatch', 'with other data', /`policy\.wasm` and `data\.json` have digest/, () => write('data.json', '{"a":1}')],
    ['policy.digest_mismatch', 'with another policy', /have digest sha256:.*, the manifest says sha256:/, () => write('policy.wasm', '')],
    ['policy.digest_mismatch', 'with one bit changed', /have digest/, flipOneBit],
    [
      'policy.digest_mismatch',
      'with the digest of another',
      /the manifest says sha256:0{64}$/,
      () => changeManifest((was) => ({ ...was, digest: `sha256:${'0'.repeat(64)}` })),
    ],
  ])('%s: %s', (code, _, message, damage) => {
    damage();
    const error = refusal();
    expect({ code: error.code, message: error.message }).toEqual({ code, message: expect.stringMatching(message) });
    expect(error.message).toContain(folder);
    expect(error.remedy).toContain('npm run policy:build');
  });

  it('but not as it was built', () => {
    expect(readBundle(folder).manifest).toMatchObject({ entrypoint: 'main/decision', digest: expect.stringMatching(/^sha256:/) });
  });
});

/** Other data under a manifest that names them. */
function replaceData(text: string): void {
  write('data.json', text);
  const wasm = readFileSync(join(folder, 'policy.wasm'));
  changeManifest((was) => ({ ...was, digest: policyDigest({ wasm, data: Buffer.from(text), entrypoint: String(was['entrypoint']) }) }));
}

function replaceSelfTest(text: string): void {
  write('selftest.json', text);
  changeManifest((was) => ({ ...was, selfTest: digestOf(Buffer.from(text)) }));
}

function flipOneBit(): void {
  const bytes = readFileSync(join(folder, 'policy.wasm'));
  const middle = bytes.length >> 1;
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  write('policy.wasm', bytes);
}
