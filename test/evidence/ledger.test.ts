import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { buildBundle, contentOf } from '../../src/evidence/index.ts';
import { ExportTree } from '../../src/ledger/index.ts';
import { verifyProof } from '../../src/ledger/verify/index.ts';
import { openBelow } from '../support/open-files.ts';
import { action, decision, entries, logKey, readJson, temporaryFolder, write, writeExport, writeInputs } from './fixture.ts';

const root = temporaryFolder();
afterAll(() => root.remove());

describe('proofs from an export', () => {
  it.each([1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33])('prove every entry of a log of %i', async (size) => {
    const data = Array.from({ length: size }, (_, index) => ({ index, separator: '\u2028' }));
    const tree = await ExportTree.read(writeExport(join(root.path, `size-${size}`), data));
    const seqs = data.map((item) => item.index);
    const proofs = await tree.prove(seqs);
    expect(proofs.map((proof) => verifyProof(proof, logKey)['data'])).toEqual(data);
    expect(proofs.map((proof) => proof.seq)).toEqual(seqs);
  });

  it('gives none for what is not there', async () => {
    const tree = await ExportTree.read(writeExport(join(root.path, 'short'), [{ a: 1 }]));
    await expect(tree.prove([1])).rejects.toMatchObject({ code: 'ledger.out_of_range' });
    await expect(tree.rootAt(2)).rejects.toMatchObject({ code: 'ledger.out_of_range' });
    await expect(tree.consistency(2)).rejects.toMatchObject({ code: 'ledger.out_of_range' });
  });
});

describe('registration', () => {
  it('is found by the content of the bundle, and proven', async () => {
    const folder = join(root.path, 'registered');
    const before = writeInputs(folder);
    const registered = await contentOf(before);
    const told = [
      ...entries,
      action('evidence.built', { ...registered, content: 'sha256:0' }),
      action('evidence.built', { ...registered }),
    ];
    const request = { ...before, ledgerExport: writeExport(join(folder, 'after'), told) };
    const { manifest, content } = await buildBundle(request);
    expect(content).toBe(registered.content);
    expect(manifest.ledger.built).toMatchObject({ seq: 8 });
    expect(await contentOf(request)).toEqual(registered);
    const { proofs } = readJson(join(before.out, 'ledger-proofs.json'));
    expect(proofs.map((proof: { seq: number }) => proof.seq)).toEqual([1, 2, 3, 5, 6, 7, 8]);
  });

  it.each([
    ['was refused', { decision: decision(1, { result: 'DENY' }) }],
    ['is of another release', {}],
  ])('that %s is none', async (name, change) => {
    const folder = join(root.path, name);
    const before = writeInputs(folder);
    const { content, kind } = await contentOf(before);
    const release = name.endsWith('release') ? 'v1.2.4' : 'v1.2.3';
    const built = action('evidence.built', { release, kind, content });
    const told = { ...built, data: { ...built.data, ...change } };
    const { manifest } = await buildBundle({ ...before, ledgerExport: writeExport(join(folder, 'after'), [...entries, told]) });
    expect(manifest.ledger.built).toBeNull();
  });

  it('changes with an item, with its name, with the commit and with the time', async () => {
    const request = writeInputs(join(root.path, 'content'));
    const [coverage, sbom] = request.items;
    if (coverage === undefined || sbom === undefined) throw new Error('the fixture has two items');
    const note = { kind: 'file', file: write(join(root.path, 'note'), 'x') };
    const changes = [
      {},
      { items: [coverage, sbom, note] },
      { items: [coverage, sbom, { ...note, name: 'other' }] },
      { commit: 'c0ffee0123456789c0ffee0123456789c0ffee02' },
      { sourceDateEpoch: '1767225601' },
      { release: 'v1.2.4' },
    ];
    const contents = await Promise.all(changes.map((change) => contentOf({ ...request, ...change })));
    expect(new Set(contents.map(({ content }) => content)).size).toBe(changes.length);
  });
});

describe('a waiver in the ledger', () => {
  const granted = { release: 'v1.2.3', requirement: 'k6', reason: 'the load lab is closed', expiresAt: '2026-02-01T00:00:00.000Z' };

  async function build(name: string, effect: typeof granted, result = 'ALLOW') {
    const folder = join(root.path, name);
    const waive = action('evidence.waive', effect, { actor: 'u9' });
    const told = { ...waive, data: { ...waive.data, decision: decision(1, { result }) } };
    const inputs = writeInputs(folder, [...entries, told]);
    write(inputs.contractFile ?? '', `${readFileSync(inputs.contractFile ?? '', 'utf8')}    - { item: k6, obtain: run k6 }\n`);
    const built = await buildBundle(inputs);
    return { ...built, inputs };
  }

  it('stands in for what is missing, with its owner and proof', async () => {
    const { verdict, inputs } = await build('waived', granted);
    expect(verdict).toMatchObject({ result: 'PASSED', missing: [] });
    expect(verdict.requirements.at(-1)).toEqual({
      id: 'k6',
      outcome: 'waived',
      detail: 'no item of kind k6',
      waiver: { seq: 7, entryId: expect.any(String), owner: 'u9', reason: granted.reason, expiresAt: granted.expiresAt },
    });
    const { proofs } = readJson(join(inputs.out, 'ledger-proofs.json'));
    expect(proofs.at(-1).seq).toBe(7);
    expect(readJson(join(inputs.out, 'verdict.json'))).toEqual({
      format: 1,
      release: 'v1.2.3',
      kind: 'standard',
      at: '2026-01-01T00:00:00.000Z',
      contract: readJson(join(inputs.out, 'manifest.json')).contract.digest,
      result: 'PASSED',
      requirements: verdict.requirements,
    });
  });

  it.each<[string, Partial<typeof granted>, string?]>([
    ['that was denied', {}, 'DENY'],
    ['of another release', { release: 'v1.2.2' }],
    ['that had expired', { expiresAt: '2026-01-01T00:00:00.000Z' }],
    ['without an end', { expiresAt: 'never' }],
  ])('%s is none, and the bundle says what is missing', async (name, change, result) => {
    const { verdict, manifest } = await build(name, { ...granted, ...change }, result);
    expect(verdict.requirements.at(-1)).toMatchObject({ id: 'k6', outcome: 'missing', waiver: null });
    expect(manifest.contract).toMatchObject({ verdict: 'FAILED', missing: ['k6'] });
  });
});

describe('the logs of evidence', () => {
  it('are not made of a request for erasure that nobody decided, and nothing stays open', async () => {
    const inputs = writeInputs(join(root.path, 'undecided'), [...entries, { type: 'privacy.erase_subject', data: {} }]);
    await expect(buildBundle(inputs)).rejects.toMatchObject({
      code: 'evidence.ledger_invalid',
      message: 'entry 7 of the export is `privacy.erase_subject` and has no decision',
    });
    expect(openBelow(root.path)).toEqual([]);
  });

  it('show who looked and whose text was erased', async () => {
    const told = [
      action('ledger.read_entries', {}, { actor: 'u2', subject: 'log:alpha' }),
      action('evidence.download', {}, { actor: 'u3', subject: 'evidence:x' }),
      { ...action('evidence.download', {}), data: { decision: decision(1, { result: 'DENY' }), effect: null } },
      action('privacy.erase_subject', {}, { actor: 'u4', subject: 'person:u5' }),
      { type: 'subject.erased', subject: 'person:u5', actor: 'u4', data: { keys: 1, disclosures: 2 } },
      { ...action('privacy.erase_subject', {}), data: { decision: decision(1, { result: 'STEP_UP' }), effect: null } },
    ];
    const inputs = writeInputs(join(root.path, 'logs'), told);
    const { manifest } = await buildBundle(inputs);
    const summaryOf = (kind: string) => manifest.artifacts.find((item) => item.kind === kind)?.summary;
    expect(summaryOf('decision-log')).toEqual({ decisions: 5, allowed: 3, denied: 1, steppedUp: 1 });
    expect(summaryOf('access-log')).toEqual({ views: 1, downloads: 1, refused: 1 });
    expect(summaryOf('erasure-log')).toEqual({ requests: 2, erased: 1, refused: 1 });
    const linesOf = (name: string) =>
      readFileSync(join(inputs.out, name), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    expect(linesOf('access-log.jsonl').map(({ seq, action: of, actor, result }) => [seq, of, actor, result])).toEqual([
      [0, 'ledger.read_entries', 'u2', 'ALLOW'],
      [1, 'evidence.download', 'u3', 'ALLOW'],
      [2, 'evidence.download', 'u1', 'DENY'],
    ]);
    expect(linesOf('erasure-log.jsonl').map(({ seq, type, subject, result }) => [seq, type, subject, result])).toEqual([
      [3, 'privacy.erase_subject', 'person:u5', 'ALLOW'],
      [4, 'subject.erased', 'person:u5', null],
      [5, 'privacy.erase_subject', 'incident:1', 'STEP_UP'],
    ]);
    const { proofs } = readJson(join(inputs.out, 'ledger-proofs.json'));
    expect(proofs.map((proof: { seq: number }) => proof.seq)).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
