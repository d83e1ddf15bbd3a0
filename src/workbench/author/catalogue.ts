import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PolicyRule, readActions, readRules } from '../compile/catalogue.ts';
import { readSources, stage } from '../compile/sources.ts';
import { ToolError } from '../errors.ts';
import { referenceToBeNamed } from './templates.ts';

/** What the sources know, without tests and whatever else lies in the folder. */
export type Catalogue = { readonly rules: readonly PolicyRule[]; readonly actions: readonly string[] };

export async function readCatalogue(opa: string, folder: string): Promise<Catalogue> {
  const staged = mkdtempSync(join(tmpdir(), 'countersign-policy-'));
  try {
    stage(readSources(folder), staged);
    // What each rule reads, and on which actions, is not asked here.
    return { rules: await readRules(opa, staged, { byPackage: new Map(), actions: new Map() }), actions: await readActions(opa, staged) };
  } finally {
    rmSync(staged, { recursive: true });
  }
}

/** @throws ToolError `policy.unreferenced` naming each rule whose METADATA does not say which seed or control asks for it */
export function assertReferenced(rules: readonly PolicyRule[]): void {
  const lacking = rules.filter(({ reference }) => reference === null || reference === referenceToBeNamed);
  if (lacking.length === 0) return;
  const lines = lacking.map(({ file, id }) => `  ${file}: \`${id}\``);
  throw new ToolError('policy.unreferenced', ['these rules do not say what asks for them:', ...lines].join('\n'), {
    remedy: 'name the seed or the control in `custom.reference`, like `SOC 2 CC8.1`',
  });
}
