import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/core/index.ts';
import { buildBundle, type DeltaRequest, deltaBundle, deltaContentOf } from '../../src/evidence/index.ts';
import { action, EPOCH, entries, readJson, temporaryFolder, write, writeExport, writeInputs } from './fixture.ts';

const root = temporaryFolder();
afterAll(() => root.remove());

const LATER = String(Number(EPOCH) + 86_400);
let parent: Awaited<ReturnType<typeof buildBundle>>;
let inputs: ReturnType<typeof writeInputs>;

/** A release that lacks its notes. */
beforeAll(async () => {
  inputs = writeInputs(join(root.path, 'parent'));
  const asks = readFileSync(inputs.contractFile ?? '', 'utf8').replace('name: notes.txt, optional: true', 'name: notes.txt');
  write(inputs.contractFile ?? '', asks);
  parent = await buildBundle(inputs);
});

function request(name: string, change: Partial<DeltaRequest> = {}): DeltaRequest & { out: string } {
  const { ledgerKeyFile, policyDir, contractFile } = inputs;
  const ledgerExport = writeExport(join(root.path, `${name}-export`), [...entries, { later: true }]);
  const notes = write(join(root.path, name, 'notes.txt'), 'what changed');
  const items = [{ kind: 'file', file: notes }];
  const out = join(root.path, `${name}-out`);
  return { parent: parent.folder, items, ledgerExport, ledgerKeyFile, policyDir, contractFile, sourceDateEpoch: LATER, out, ...change };
}

describe('a delta', () => {
  it('fills what was missing, links to its parent and keeps the rest there', async () => {
    expect(parent.verdict).toMatchObject({ result: 'FAILED', missing: ['file:notes.txt'] });
    const asked = request('fills');
    const { manifest, verdict } = await deltaBundle(asked);
    expect(verdict).toMatchObject({ result: 'PASSED', missing: [] });
    expect(manifest).toMatchObject({
      release: 'v1.2.3',
      at: '2026-01-02T00:00:00.000Z',
      source: parent.manifest.source,
      ledger: { size: 8, prevManifest: null },
      parent: { manifest: parent.manifestDigest, number: 1 },
    });
    const inherited = manifest.artifacts.filter(({ from }) => from !== undefined);
    expect(inherited.map(({ name, from }) => [name, from])).toEqual([
      ['policy-coverage.json', parent.manifestDigest],
      ['provenance.json', parent.manifestDigest],
      ['sbom.cdx.json', parent.manifestDigest],
    ]);
    expect(readdirSync(asked.out)).toContain('notes.txt');
    expect(readdirSync(asked.out)).not.toContain('sbom.cdx.json');
    const { consistency } = readJson(join(asked.out, 'ledger-proofs.json'));
    expect(consistency.from).toEqual({ size: parent.manifest.ledger.size, root: parent.manifest.ledger.root });
  });

  it('of a delta replaces what that had', async () => {
    const first = await deltaBundle(request('first'));
    const again = request('second', { parent: first.folder });
    write(again.items[0]?.file ?? '', 'what really changed');
    const { manifest } = await deltaBundle(again);
    expect(manifest.parent).toEqual({ manifest: first.manifestDigest, number: 2 });
    const notes = manifest.artifacts.find(({ name }) => name === 'notes.txt');
    expect(notes).toMatchObject({ sha256: digestOf(Buffer.from('what really changed')).slice(7) });
    expect(notes?.from).toBeUndefined();
    expect(manifest.artifacts.find(({ name }) => name === 'sbom.cdx.json')?.from).toBe(parent.manifestDigest);
  });

  it('is registered like a bundle', async () => {
    const before = request('registered');
    const registered = await deltaContentOf(before);
    const ledgerExport = writeExport(join(root.path, 'registered-after'), [...entries, action('evidence.built', { ...registered })]);
    const { manifest } = await deltaBundle({ ...before, ledgerExport });
    expect(manifest.ledger.built).toMatchObject({ seq: 7 });
  });

  it.each<[string, () => Partial<DeltaRequest>, string]>([
    ['without an item', () => ({ items: [] }), 'evidence.parent_invalid'],
    ['without a time', () => ({ sourceDateEpoch: undefined }), 'evidence.time_unknown'],
    ['from before its parent', () => ({ sourceDateEpoch: String(Number(EPOCH) - 1) }), 'evidence.time_unknown'],
    [
      'on a ledger that is behind',
      () => ({ ledgerExport: writeExport(join(root.path, 'behind'), entries.slice(0, 3)) }),
      'evidence.ledger_invalid',
    ],
    [
      'on another ledger',
      () => ({ ledgerExport: writeExport(join(root.path, 'fork'), [{ opened: 1 }, ...entries]) }),
      'evidence.ledger_invalid',
    ],
    ['of what is no bundle', () => ({ parent: root.path }), 'evidence.bundle_invalid'],
    ['of a bundle that was changed', () => ({ parent: changed() }), 'evidence.bundle_invalid'],
  ])('%s is refused, and nothing is left', async (name, change, code) => {
    const asked = request(name.replaceAll(' ', '-'), change());
    const before = readdirSync(root.path);
    await expect(deltaBundle(asked)).rejects.toMatchObject({ code });
    expect(existsSync(asked.out)).toBe(false);
    expect(readdirSync(root.path)).toEqual(before);
  });

  function changed(): string {
    const folder = join(root.path, 'changed');
    for (const name of readdirSync(parent.folder)) write(join(folder, name), readFileSync(join(parent.folder, name)));
    write(join(folder, 'sbom.cdx.json'), '{}\n');
    return folder;
  }
});
