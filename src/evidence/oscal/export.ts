import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { digestOf, messageOf } from '../../core/index.ts';
import { canonicalFile } from '../canonical-file.ts';
import { EvidenceError } from '../errors.ts';
import { readAssessed } from './assessed.ts';
import { isAssessed, readMapping } from './controls.ts';
import { assessmentResults } from './document.ts';

export type OscalRequest = {
  /** A bundle's folder. Its signatures are not looked at: verify it first. */
  readonly folder: string;
  /** The file to write; one that is there is replaced. */
  readonly out: string;
  /** YAML that maps requirements to controls, in the form of `evidence/oscal.yaml`, which is the default. */
  readonly controlsFile?: string | undefined;
};

export type OscalExport = { readonly file: string; readonly digest: string; readonly release: string; readonly findings: number };

/**
 * Writes a bundle's verdict as an OSCAL assessment-results document for GRC tools.
 *
 * @throws EvidenceError, ConfigError; then nothing was written
 */
export function exportOscal({ folder, out, controlsFile }: OscalRequest): OscalExport {
  const mapping = readMapping(controlsFile);
  const bundle = readAssessed(folder);
  const bytes = canonicalFile(assessmentResults(bundle, mapping));
  replace(out, bytes);
  return { file: out, digest: digestOf(bytes), release: bundle.release, findings: bundle.requirements.filter(isAssessed).length };
}

/** Whoever reads the file sees all of it, or what was there before. */
function replace(file: string, bytes: Buffer): void {
  const partial = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(partial, bytes, { flag: 'wx' });
    renameSync(partial, file);
  } catch (cause) {
    rmSync(partial, { force: true });
    throw new EvidenceError('evidence.write_failed', `cannot write \`${file}\`: ${messageOf(cause)}`, {
      cause,
      remedy: 'give --out a file in a folder that you may write to',
    });
  }
}
