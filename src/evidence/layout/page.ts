import type { Verdict } from '../contract/judge.ts';
import type { ArtifactRecord, Manifest } from '../manifest.ts';
import { cosignCommand, signaturesOf, verifyCommand } from './guide.ts';

/** Without functions, strings and at-rules, which could fetch something: the format has none (docs/evidence-format.md, "The page"). */
const style = `
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2.2rem }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid #8884; vertical-align: top }
code, pre { font: 13px/1.45 ui-monospace, monospace; overflow-wrap: anywhere } pre { overflow-x: auto; border: 1px solid #8884; padding: .7rem }
.met, .waived, .PASSED { color: #1a7f37 } .missing, .stale, .unmet, .FAILED { color: #cf222e } .absent { color: #9a6700 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem } dt { font-weight: 600 } dd { margin: 0 }
`;

/**
 * `index.html`: the bundle for people. No script and nothing from elsewhere, which its own content security policy says too; what comes
 * from items is escaped.
 */
export function pageText(manifest: Manifest, verdict: Verdict): string {
  const { release, kind, at, contract } = manifest;
  const title = `Evidence of ${release}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(title)}: <span class="${contract.verdict}">${contract.verdict}</span></h1>
<p>This page is listed in the signed <a href="manifest.json">manifest</a>. It says what the bundle says; whether that is so,
verifying it tells.</p>
${factsOf(manifest, kind, at)}
<h2>What the release must show</h2>
${requirementsTable(verdict)}
<h2>Items</h2>
${itemsTable(manifest.artifacts)}
<h2>How to verify</h2>
<p>Offline, with the keys that the signer handed over to you, not ones that came with the bundle. <a href="HOW-TO-VERIFY.md">More</a>.</p>
<pre>${verifyCommand(manifest)}

${signaturesOf(manifest).map(cosignCommand).map(escaped).join('\n\n')}</pre>
</body>
</html>
`;
}

function factsOf({ source, ledger, policy, parent, contract }: Manifest, kind: string, at: string): string {
  const facts: [string, string][] = [
    ['Kind of release', kind],
    ['Source', `${source.commit}${source.modified === true ? ', with changes that the commit does not have' : ''}, ${at}`],
    ['Ledger', `${ledger.origin} at ${ledger.size}, root ${ledger.root}`],
    ['Registered', ledger.built === null ? 'not before it was built' : `entry ${ledger.built.seq}`],
    ['Policy', `${policy.revision}, ${policy.digest}`],
    ['Contract', contract.digest],
    ['Release before', ledger.prevManifest ?? 'none'],
    ...(parent === null ? [] : [['Delta', `${parent.number}, of ${parent.manifest}`] satisfies [string, string]]),
  ];
  return `<dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd><code>${escaped(value)}</code></dd>`).join('\n')}</dl>`;
}

function requirementsTable({ requirements }: Verdict): string {
  const rows = requirements.map(({ id, outcome, detail, waiver }) => {
    const waived = waiver === null ? '' : `; waived by ${waiver.owner} until ${waiver.expiresAt}: ${waiver.reason} (entry ${waiver.seq})`;
    return [`<code>${escaped(id)}</code>`, `<span class="${outcome}">${outcome}</span>`, escaped(`${detail}${waived}`)];
  });
  return table(['Requirement', 'Outcome', 'Why'], rows);
}

function itemsTable(artifacts: readonly ArtifactRecord[]): string {
  const rows = artifacts.map(({ name, kind, sha256, size, summary = {}, from }) => [
    from === undefined ? `<a href="${escaped(name)}">${escaped(name)}</a>` : `${escaped(name)} (in a bundle before)`,
    escaped(kind),
    escaped(
      Object.entries(summary)
        .map(([field, value]) => `${field} ${value}`)
        .join(', '),
    ),
    String(size),
    `<code>${sha256}</code>`,
  ]);
  return table(['Item', 'Kind', 'Summary', 'Bytes', 'SHA-256'], rows);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[], tag: string) => `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
  return `<table>\n${row(heads, 'th')}\n${rows.map((cells) => row(cells, 'td')).join('\n')}\n</table>`;
}

/** What a waiver says may hold anything: control characters, which no file of a bundle has, are shown as what they are not. */
function escaped(text: string): string {
  return text.replace(/(?![\t\n])[\p{Cc}\p{Bidi_Control}]/gu, '\ufffd').replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
