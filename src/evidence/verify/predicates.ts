import type { Json } from '../../core/index.ts';
import { readDecisionLog } from './decision-log.ts';
import { contentOf, type Files } from './files.ts';
import { hexOf, parseDocument } from './form.ts';
import type { Manifest } from './manifest.ts';
import { fail } from './report.ts';

/** What the statement about an artifact must say, worked out from the artifact itself. */
export function predicateOf(name: string, manifest: Manifest, files: Files): Json {
  switch (name) {
    case 'sbom.cdx.json':
    case 'provenance.json':
      return parseDocument(contentOf(files, name));
    case 'policy-coverage.json':
      return {
        result: 'PASSED',
        configuration: [{ name: 'policy-manifest.json', digest: { sha256: hexOf(contentOf(files, 'policy-manifest.json')) } }],
        coverage: parseDocument(contentOf(files, name)),
      };
    case 'decision-log.jsonl':
      return decisionLogPredicate(contentOf(files, name), manifest);
    default:
      return fail(`no statement is defined for \`${name}\``);
  }
}

function decisionLogPredicate(bytes: Buffer, { ledger }: Manifest): Json {
  const lines = readDecisionLog(bytes);
  const countOf = (result: string) => lines.filter((line) => line.result === result).length;
  return {
    digest: { sha256: hexOf(bytes) },
    count: lines.length,
    results: { ALLOW: countOf('ALLOW'), DENY: countOf('DENY'), STEP_UP: countOf('STEP_UP') },
    checkpoint: { origin: ledger.origin, size: ledger.size, root: ledger.root },
  };
}
