import { benchEvidence } from './evidence/index.ts';
import { benchGovern } from './govern.ts';
import { benchLedger } from './ledger/index.ts';
import { benchDecide, benchPolicy } from './policy/index.ts';
import { benchReload } from './reload.ts';
import { benchReplay } from './replay.ts';

/** `npm run bench -- <name>`: everything a benchmark compares, it measures in this one run. */
const benches: ReadonlyMap<string, (args: readonly string[]) => Promise<void>> = new Map([
  ['decide', benchDecide],
  ['evidence', benchEvidence],
  ['govern', benchGovern],
  ['ledger', benchLedger],
  ['policy', benchPolicy],
  ['reload', benchReload],
  ['replay', benchReplay],
]);

const name = process.argv[2] ?? '';
const bench = benches.get(name);
if (bench === undefined) {
  process.stderr.write(`error: there is no benchmark \`${name}\`\n  → npm run bench -- ${[...benches.keys()].join(' | ')}\n`);
  process.exitCode = 2;
} else {
  await bench(process.argv.slice(3));
}
