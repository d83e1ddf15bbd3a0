import type { BuiltBundle } from '../../evidence/index.ts';
import { plain, print, table } from '../report.ts';
import { mark } from './outcome.ts';
import { exitCodes, paint, printFacts, printJson } from './output.ts';

/** Shows what was built, and ends with 3 where the contract is not met. */
export function showBuilt(built: BuiltBundle, json: boolean): void {
  const { folder, manifest, manifestDigest, content, verdict } = built;
  if (json) printJson({ folder, manifestDigest, content, verdict, manifest });
  else printBuilt(built);
  process.exitCode = verdict.result === 'PASSED' ? exitCodes.done : exitCodes.refused;
}

function printBuilt({ folder, manifest, manifestDigest, content, verdict }: BuiltBundle): void {
  const { built } = manifest.ledger;
  printFacts([
    ['release', `${manifest.release} (${manifest.kind})${manifest.parent === null ? '' : `, delta ${manifest.parent.number}`}`],
    ['folder', folder],
    ['manifest', manifestDigest],
    ['content', `${content}, ${built === null ? 'not registered in the ledger' : `registered as entry ${built.seq}`}`],
    ['ledger', `${manifest.ledger.origin} at ${manifest.ledger.size}`],
    ['policy', `${manifest.policy.revision} ${manifest.policy.digest}`],
  ]);
  process.stdout.write('\n');
  const items = manifest.artifacts.map(({ name, kind, size, from, sha256 }) => [
    name,
    kind,
    `${size} bytes`,
    from === undefined ? `${sha256.slice(0, 16)}…` : 'in the parent',
  ]);
  print(`${table(items)}\n`);
  print(table(verdict.requirements.map(({ id, outcome, detail }) => [mark(outcome), plain(id), plain(detail)])));
  const passed = verdict.result === 'PASSED';
  process.stdout.write(
    passed
      ? `\n${paint('green', 'the contract is met')}; next: ig-evidence sign ${folder} --key <file>\n`
      : `\n${paint('red', `the contract is NOT met: ${verdict.missing.join(', ')}`)}\n→ give what is missing and build again, or sign this and add it with \`ig-evidence delta\`\n`,
  );
}
