import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalBytes, digestOf, type Json, type JsonObject } from '../../../src/core/index.ts';

const at = '2026-01-01T00:00:00.000Z';

const requirement = (item: string, change: JsonObject = {}): JsonObject => ({
  item,
  name: null,
  optional: false,
  maxAgeDays: null,
  assert: {},
  obtain: null,
  ...change,
});

export const contract: JsonObject = {
  format: 1,
  kind: 'standard',
  requirements: [
    requirement('junit', { name: 'unit-tests.json', maxAgeDays: 7, assert: { failed: { max: 0 } } }),
    requirement('k6', { obtain: 'run `k6 run --summary-export`' }),
    requirement('dr-drill'),
    requirement('canary', { optional: true }),
  ],
};

const ruling = (id: string, outcome: string, detail: string, waiver: JsonObject | null = null): JsonObject => ({
  id,
  outcome,
  detail,
  waiver,
});

export const waiver: JsonObject = {
  seq: 12,
  entryId: 'ent_01',
  owner: 'org-admin@alpha',
  reason: 'the drill is in March',
  expiresAt: '2026-04-01T00:00:00.000Z',
};

export const verdict: JsonObject = {
  format: 1,
  release: 'v1.2.3',
  kind: 'standard',
  at,
  contract: 'sha256:00',
  result: 'FAILED',
  requirements: [
    ruling('junit:unit-tests.json', 'met', 'unit-tests.json'),
    ruling('k6', 'missing', 'no item of kind k6'),
    ruling('dr-drill', 'waived', 'no item of kind dr-drill', waiver),
    ruling('canary', 'absent', 'no item of kind canary'),
  ],
};

/** What `ig-evidence oscal` reads of a bundle, by the format page: the manifest, the contract and the verdict. */
export function writeDocuments(folder: string, documents: { readonly verdict?: Json; readonly contract?: Json } = {}): string {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, kind: string, value: Json): JsonObject => {
    const bytes = Buffer.concat([canonicalBytes(value), Buffer.from('\n')]);
    writeFileSync(join(folder, name), bytes);
    return { name, kind, sha256: digestOf(bytes).slice('sha256:'.length), size: bytes.length, mediaType: 'application/json' };
  };
  const artifacts = [
    write('contract.json', 'contract', documents.contract ?? contract),
    { ...write('unit-tests.json', 'junit', { suites: [] }), madeAt: '2025-12-30T00:00:00.000Z' },
    write('verdict.json', 'verdict', documents.verdict ?? verdict),
  ];
  write('manifest.json', '', {
    format: 1,
    release: 'v1.2.3',
    kind: 'standard',
    at,
    source: { commit: 'c0ffee', modified: false },
    artifacts,
  });
  return folder;
}
