import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isJsonObject, type Json } from '../../core/index.ts';
import { type ProofFile, verifyCheckpoint, verifyProof } from '../../ledger/verify/index.ts';
import { type DecisionLine, readDecisionLog } from './decision-log.ts';
import { contentOf, type Files } from './files.ts';
import { parseAs, parseDocument, sameJson } from './form.ts';
import type { Manifest } from './manifest.ts';
import { type Check, check, ensure } from './report.ts';

const proofsSchema = z.strictObject({
  proofs: z.array(z.strictObject({ leaf: z.string(), seq: z.int().min(0), path: z.array(z.string()), checkpoint: z.string() })),
});

/** Of more decisions than this a sample is proven (docs/evidence-format.md). */
const ALL_PROVEN_UP_TO = 1_000;

/**
 * The decision log against the ledger that it was taken from.
 *
 * @param heldKey the log's key as it was handed over; without it the one in the manifest serves, for which the signer vouches
 */
export function checkLedger(manifest: Manifest, files: Files, heldKey: string | undefined): Check[] {
  const key = heldKey ?? manifest.ledger.verifierKey;
  const note = () => contentOf(files, 'ledger-checkpoint').toString('utf8');
  const proofs = () => parseAs(proofsSchema, parseDocument(contentOf(files, 'ledger-proofs.json'))).proofs;
  const lines = () => readDecisionLog(contentOf(files, 'decision-log.jsonl'));
  return [
    check('ledger.checkpoint', 'ledger-checkpoint', () => checkCheckpoint(note(), manifest.ledger, heldKey)),
    check('ledger.proofs', 'ledger-proofs.json', () => checkProofs(proofs(), lines(), { note: note(), key, root: manifest.ledger.root })),
    check('ledger.decisions', 'decision-log.jsonl', () => checkLines(lines(), proofs())),
  ];
}

function checkCheckpoint(note: string, expected: Manifest['ledger'], heldKey: string | undefined): string {
  ensure(heldKey === undefined || heldKey === expected.verifierKey, 'the manifest names another ledger key than the one you gave');
  const { origin, size, root } = verifyCheckpoint(note, expected.verifierKey);
  const same = origin === expected.origin && size === expected.size && root.toString('hex') === expected.root;
  ensure(
    same,
    `it is of \`${origin}\` at ${size}, the manifest says \`${expected.origin}\` at ${expected.size} with root ${expected.root.slice(0, 16)}…`,
  );
  return `${origin} at ${size}, ${heldKey === undefined ? 'by the key in the manifest: give --ledger-key to use the one you hold' : 'by the key you gave'}`;
}

type Anchor = { readonly note: string; readonly key: string; readonly root: string };

function checkProofs(proofs: readonly ProofFile[], lines: readonly DecisionLine[], { note, key, root }: Anchor): string {
  const due = mustBeProven(
    lines.map((line) => line.seq),
    root,
  );
  const given = proofs.map((proof) => proof.seq);
  ensure(sameJson(given, due), `the proofs are not those of the decisions that must be proven (${given.length} of ${due.length})`);
  for (const proof of proofs) {
    ensure(proof.checkpoint === note, `the proof of entry ${proof.seq} is against another checkpoint`);
    verifyProof(proof, key);
  }
  return `${proofs.length} entries are in the ledger`;
}

/** Everything up to the limit; beyond it the ends and the 998 with the smallest SHA-256(root ‖ seq), both as text. */
function mustBeProven(seqs: number[], root: string): number[] {
  if (seqs.length <= ALL_PROVEN_UP_TO) return seqs;
  const ranked = seqs.slice(1, -1).map(
    (seq) =>
      `${createHash('sha256')
        .update(root + String(seq))
        .digest('hex')} ${seq}`,
  );
  const drawn = ranked
    .sort()
    .slice(0, ALL_PROVEN_UP_TO - 2)
    .map((text) => Number(text.slice(65)));
  return [...seqs.slice(0, 1), ...drawn, ...seqs.slice(-1)].sort((a, b) => a - b);
}

/** Each proven line says what the entry in the ledger says. */
function checkLines(lines: readonly DecisionLine[], proofs: readonly ProofFile[]): string {
  const proven = new Map(proofs.map((proof) => [proof.seq, proof.leaf]));
  let compared = 0;
  for (const line of lines) {
    const leaf = proven.get(line.seq);
    if (leaf === undefined) continue;
    ensure(sameJson(line, decisionIn(leaf)), `the line of entry ${line.seq} does not say what the entry says`);
    compared += 1;
  }
  ensure(compared === proofs.length, `${proofs.length - compared} proofs belong to no line`);
  return compared === lines.length
    ? `all ${compared} lines`
    : `${compared} of ${lines.length} lines; for the others only the signature vouches`;
}

function decisionIn(leaf: string): Json {
  const entry: Json = JSON.parse(leaf);
  const data = isJsonObject(entry) ? entry['data'] : undefined;
  const decision = isJsonObject(data) ? data['decision'] : undefined;
  ensure(isJsonObject(entry) && isJsonObject(decision), 'a proven entry carries no decision');
  const text = (name: string) => decision[name] ?? null;
  return {
    seq: entry['seq'] ?? null,
    action: entry['type'] ?? null,
    decisionId: text('decisionId'),
    ruleId: text('ruleId'),
    result: text('result'),
    explanation: text('explanation'),
    tenant: text('tenant'),
    purpose: text('purpose'),
    ts: text('ts'),
    policyDigest: isJsonObject(decision['policy']) ? (decision['policy']['digest'] ?? null) : null,
  };
}
