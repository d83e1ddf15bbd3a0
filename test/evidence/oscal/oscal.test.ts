import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportOscal, type OscalRequest } from '../../../src/evidence/index.ts';
import { readJson, temporaryFolder, write } from '../fixture.ts';
import { contract, verdict, waiver, writeDocuments } from './documents.ts';
import { schemaErrors } from './schema.ts';

const root = temporaryFolder();
afterAll(() => root.remove());

let count = 0;
function exported(change: Partial<OscalRequest> = {}) {
  const out = join(root.path, `oscal-${count++}.json`);
  const answer = exportOscal({ folder: join(root.path, 'bundle'), out, ...change });
  return { answer, document: readJson(change.out ?? out), bytes: readFileSync(change.out ?? out) };
}

beforeAll(() => void writeDocuments(join(root.path, 'bundle')));

describe('refuses', () => {
  it('a bundle whose verdict is not the one that its manifest lists', () => {
    const folder = writeDocuments(join(root.path, 'swapped'));
    writeFileSync(join(folder, 'verdict.json'), readFileSync(join(folder, 'verdict.json'), 'utf8').replace('FAILED', 'PASSED'));
    expect(() => exported({ folder })).toThrow(
      expect.objectContaining({ code: 'evidence.bundle_invalid', message: expect.stringContaining('`verdict.json` is not the file') }),
    );
  });

  it('a verdict on what the contract does not ask for', () => {
    const folder = writeDocuments(join(root.path, 'foreign'), { contract: { ...contract, requirements: [] } });
    expect(() => exported({ folder })).toThrow(
      expect.objectContaining({ code: 'evidence.bundle_invalid', message: expect.stringContaining('`junit:unit-tests.json`') }),
    );
  });

  it('a verdict of another form', () => {
    const folder = writeDocuments(join(root.path, 'form'), { verdict: { ...verdict, format: 2 } });
    expect(() => exported({ folder })).toThrow(expect.objectContaining({ code: 'evidence.bundle_invalid' }));
  });

  it('a folder that is no bundle, and writes nothing', () => {
    const out = join(root.path, 'none.json');
    expect(() => exported({ folder: root.path, out })).toThrow(expect.objectContaining({ code: 'evidence.input_unreadable' }));
    expect(readdirSync(root.path)).not.toContain('none.json');
  });

  it('a mapping to controls of a framework that it does not describe', () => {
    const controlsFile = write(join(root.path, 'unknown.yaml'), 'format: 1\nframeworks: {}\ncontrols: { k6: { iso: [a.8] } }\n');
    expect(() => exported({ controlsFile })).toThrow(
      expect.objectContaining({ code: 'evidence.controls_malformed', message: expect.stringContaining('maps `k6` to controls of `iso`') }),
    );
  });

  it('a mapping without a control of this bundle: an absent item does not count', () => {
    const controlsFile = write(
      join(root.path, 'unmapped.yaml'),
      'format: 1\nframeworks: { iso: { title: ISO } }\ncontrols: { canary: { iso: [a.8] } }\n',
    );
    expect(() => exported({ controlsFile })).toThrow(expect.objectContaining({ code: 'evidence.controls_unmapped' }));
  });

  it('to write where there is no folder', () => {
    expect(() => exported({ out: join(root.path, 'nowhere', 'oscal.json') })).toThrow(
      expect.objectContaining({ code: 'evidence.write_failed' }),
    );
  });
});

describe('the document', () => {
  it("is valid by NIST's schema, and would not be with a member more or a UUID of another version", async () => {
    const errors = await schemaErrors();
    const { document } = exported();
    expect(errors(document)).toEqual([]);
    const more = structuredClone(document);
    more['assessment-results'].results[0].findings[0].verdict = 'PASSED';
    expect(errors(more)).toEqual(['/assessment-results/results/0/findings/0 must NOT have additional properties']);
    const random = structuredClone(document);
    random['assessment-results'].uuid = '6ba7b811-9dad-11d1-80b4-00c04fd430c8';
    expect(errors(random)).toEqual([expect.stringMatching(/^\/assessment-results\/uuid must match pattern/)]);
  });

  it('has the same bytes every time, and other UUIDs for another bundle', () => {
    const folder = writeDocuments(join(root.path, 'other'), { verdict: { ...verdict, result: 'PASSED' } });
    const [first, again, other] = [exported(), exported(), exported({ folder })];
    expect(again.bytes.equals(first.bytes)).toBe(true);
    expect(again.answer.digest).toBe(first.answer.digest);
    expect(other.document['assessment-results'].uuid).not.toBe(first.document['assessment-results'].uuid);
  });

  it('uses no UUID twice and refers to none that it does not have', () => {
    const { document } = exported();
    const { uuids, references } = identifiersIn(document);
    expect(new Set(uuids).size).toBe(uuids.length);
    expect(references.filter((reference) => !uuids.includes(reference))).toEqual([]);
    expect(references.length).toBeGreaterThan(10);
  });

  it('has a finding for each requirement but the absent optional one', () => {
    const { findings, observations } = exported().document['assessment-results'].results[0];
    expect(observations.map((one: { title: string; description: string }) => [one.title, one.description])).toEqual([
      ['junit:unit-tests.json', 'unit-tests.json'],
      ['k6', 'no item of kind k6'],
      ['dr-drill', 'no item of kind dr-drill'],
      ['canary', 'no item of kind canary'],
    ]);
    expect(findings.map((one: { target: object }) => one.target)).toEqual([
      target('junit.unit-tests.json', 'junit:unit-tests.json', 'satisfied', 'pass'),
      target('k6', 'k6', 'not-satisfied', 'fail'),
      target('dr-drill', 'dr-drill', 'not-satisfied', 'other'),
    ]);
  });

  it('names the evidence by digest, and says until when it counts', () => {
    const { results, 'back-matter': back } = exported().document['assessment-results'];
    const tests = back.resources.find((resource: { title: string }) => resource.title === 'unit-tests.json');
    expect(tests.rlinks).toEqual([
      {
        href: 'unit-tests.json',
        'media-type': 'application/json',
        hashes: [{ algorithm: 'SHA-256', value: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      },
    ]);
    const [observed] = results[0].observations;
    expect(observed['relevant-evidence'].map((evidence: { href: string }) => evidence.href)).toEqual([`#${tests.uuid}`]);
    expect(observed.expires).toBe('2026-01-06T00:00:00.000Z');
  });

  it('tells what is missing as an open risk, and a waiver as one that somebody took until a day', () => {
    const { risks } = exported().document['assessment-results'].results[0];
    expect(risks).toMatchObject([
      { title: 'k6 is not met', status: 'open', remediations: [{ description: 'run `k6 run --summary-export`' }] },
      {
        title: 'dr-drill is waived',
        statement: waiver['reason'],
        status: 'deviation-approved',
        deadline: waiver['expiresAt'],
        props: [
          { name: 'waiver-owner', value: 'org-admin@alpha' },
          { name: 'waiver-seq', value: '12' },
          { name: 'waiver-entry', value: 'ent_01' },
        ],
      },
    ]);
  });

  it('reviews the controls of what was assessed, by framework, each once', () => {
    const controlsFile = write(
      join(root.path, 'controls.yaml'),
      [
        'format: 1',
        'frameworks: { soc2: { title: SOC 2 }, iso: { title: ISO 27001, source: "https://www.iso.org/standard/27001" } }',
        'controls:',
        '  junit: { soc2: [cc9.9] }',
        '  "junit:unit-tests.json": { soc2: [cc8.1], iso: [a.8.29] }',
        '  k6: { soc2: [cc8.1, a1.1] }',
        '  canary: { soc2: [cc7.1] }',
      ].join('\n'),
    );
    const selections = exported({ controlsFile }).document['assessment-results'].results[0]['reviewed-controls']['control-selections'];
    expect(
      selections.map((one: { description: string; 'include-controls': { 'control-id': string }[] }) => [
        one.description,
        one['include-controls'].map((control) => control['control-id']),
      ]),
    ).toEqual([
      ['SOC 2', ['cc8.1', 'a1.1']],
      ['ISO 27001', ['a.8.29']],
    ]);
  });
});

function target(id: string, title: string, state: string, reason: string) {
  return { type: 'objective-id', 'target-id': id, title, status: { state, reason } };
}

/** Every `uuid` in a document, and every reference to one. */
function identifiersIn(document: unknown): { uuids: string[]; references: string[] } {
  const texts = textsIn(document, '');
  return {
    uuids: texts.filter(([key]) => key === 'uuid').map(([, text]) => text),
    references: texts.flatMap(([key, text]) =>
      key.endsWith('-uuid') ? [text] : key === 'href' && text.startsWith('#') ? [text.slice(1)] : [],
    ),
  };
}

function textsIn(value: unknown, key: string): [key: string, text: string][] {
  if (typeof value === 'string') return [[key, value]];
  return typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([name, child]) => textsIn(child, name)) : [];
}
