import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/evidence/contract/judge.ts';
import { pageText } from '../../src/evidence/layout/page.ts';
import type { Manifest } from '../../src/evidence/manifest.ts';
import { kindOf } from '../../src/evidence/verify/kinds/index.ts';

/** Wherever a page shows what somebody said, it shows this. */
function pageOf(said: string): string {
  const hex = '0'.repeat(64);
  const item = { name: 'a.json', kind: said, sha256: hex, size: 1, mediaType: said, predicateType: said, summary: { [said]: said } };
  const manifest: Manifest = {
    format: 1,
    release: said,
    kind: said,
    at: said,
    source: { commit: said, modified: true },
    artifacts: [item, { ...item, name: 'b.json', from: `sha256:${hex}` }],
    provenance: said,
    signature: 'cosign:manifest.sigstore.json',
    ledger: {
      origin: said,
      size: 1,
      root: hex,
      verifierKey: said,
      checkpoint: 'ledger-checkpoint',
      proof: 'ledger-proofs.json',
      built: null,
      prevManifest: said,
    },
    policy: { revision: said, digest: said },
    contract: { digest: said, verdict: 'PASSED', required: [said], missing: [] },
    parent: { manifest: said, number: 2 },
  };
  const waiver = { seq: 1, entryId: said, owner: said, reason: said, expiresAt: said };
  const verdict: Verdict = {
    result: 'PASSED',
    requirements: [{ id: said, outcome: 'waived', detail: said, waiver }],
    required: [said],
    missing: [],
  };
  return pageText(manifest, verdict);
}

const read = (page: string) => kindOf('page').read?.(Buffer.from(page));

describe('what the builder makes', () => {
  it.each([
    'until curl (8.9) is fixed, see url (https://example.com/a)',
    '@import, a\\b and { c: d }',
    'two\r\nlines\u0000\u001b[2J\u0085\ttab',
    '</title></style></body></html><script>alert(1)</script>',
    '&#60;script&gt; &amp;copy',
    '" onmouseover="alert(1)',
    '\ufeff\u2028 half of a pair: \ud800',
  ])('of %j is a page', (said) => {
    expect(read(pageOf(said))).toEqual({});
  });

  it('of whatever it is told is a page', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.oneof(fc.constantFrom(...'<>&"\'\r\n=/ '), fc.string({ unit: 'binary', maxLength: 2 })) }),
        (said) => {
          expect(read(pageOf(said))).toEqual({});
        },
      ),
    );
  });

  it('shows control characters as what they are not', () => {
    expect(pageOf('a\r\nb\u0007')).toContain('waived by a\ufffd\nb\ufffd until');
  });
});

const whole = pageOf('said');
const within = (text: string) => whole.replace('</body>', `${text}</body>`);

describe('a page', () => {
  it.each([
    ['of nothing', ''],
    ['with something before it', ` ${whole}`],
    ['with a mark of byte order before it', `\ufeff${whole}`],
    ['with something behind it', `${whole}<p>`],
    ['that ends twice', within('</body>\n</html>\n')],
    ['without the policy of its content', whole.replace(/<meta http-equiv.*\n/, '')],
    ['with a style from elsewhere', whole.replace('<style>', '<style>@import "https://example.com/a";')],
    ['with an escaped function in its style', whole.replace('<style>', '<style>body{background:u\\72l(https://example.com/a)}')],
    ['with an image of a set', whole.replace('<style>', '<style>body{background:image-set("https://example.com/a" 1x)}')],
    ['with a second style', within('<style>p {}</style>')],
    ['with an element in its title', whole.replace('<title>', '<title><p>')],
    ['with a reference in its title', whole.replace('<title>', '<title>&copy;')],
    ['with a refresh', within('<meta http-equiv="&#114;efresh" content="0;url=https://example.com">')],
    ['with a handler behind a bracket', within('<p title=">" onmouseover="alert(1)">')],
    ['with a handler in capitals', within('<SPAN ONCLICK="alert(1)">')],
    ['with a script as a link behind a bracket', within('<a title=">" href="javascript:alert(1)">')],
    ['with a link that is not quoted', within('<a href=manifest.json>')],
    ['with a link to elsewhere', within('<a href="https://example.com">')],
    ['with a link to a host', within('<a href="//example.com">')],
    ['with a link out of its folder', within('<a href="../x">')],
    ['with a link twice', within('<a href="a" href="b">')],
    ['with a link of two lines', within('<a\nhref="a">')],
    ['with an image', within('<img src="https://example.com/a">')],
    ['with a comment', within('<!-- -->')],
    ['with a bracket in its text', within('a > b')],
    ['with a named reference', within('&lt;')],
    ['with a reference to a letter', within('&#97;')],
    ['with a control character', within('\r')],
  ])('%s is refused', (_, page) => {
    expect(() => read(page)).toThrow(/^it (is not a page of this form|has what no page|holds control characters)|^its style has more/);
  });
});
