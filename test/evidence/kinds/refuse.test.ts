import { describe, expect, it } from 'vitest';
import { kinds, MAX_ITEM_BYTES } from '../../../src/evidence/kinds/index.ts';
import { fixture, refusal } from './collected.ts';

/** A real file of a kind, to be broken. */
const real: Readonly<Record<string, string>> = {
  'sbom-cyclonedx': 'npm.json',
  'sbom-spdx': 'syft.json',
  provenance: 'github-statement.json',
  'schema-diff-graphql': 'ours.json',
  'schema-diff-sql': 'ours.json',
  k6: 'handle-summary.json',
  chaos: 'ledger.json',
  canary: 'kayenta.json',
  'dr-drill': 'failover.json',
  residency: 'two-regions.json',
  'slo-report': 'quarter.json',
  junit: 'vitest.xml',
  sarif: 'regal.json',
  coverage: 'coverage-summary.json',
  'decision-coverage': 'opa.json',
  'decision-latency': 'metrics.txt',
  'migration-timeline': 'blue-green.json',
};
const page = '<!doctype html>\n<html><body>404 Not Found<br></body></html>\n';
const tooBig = Buffer.alloc(MAX_ITEM_BYTES + 1, 0x20);

describe.each(kinds.map(({ name }) => name))('%s refuses', (name) => {
  const good = fixture(`${name}/${real[name]}`);
  const said = (content: unknown) => {
    const [code, message] = refusal(name, content, 'out/given.json');
    expect(code).toBe('evidence.item_malformed');
    expect(message).toMatch(/^`out\/given\.json` is not (an? |the |build |metrics )/);
    return message.replace(/^.*?: /, '');
  };

  it('a page of HTML', () => {
    expect(said(page)).toMatch(
      /^it is not (JSON \(it begins `<!doctype html> <html><b`\)|well-formed XML: 1:9: incorrect syntax|the text format of Prometheus \(a line begins `<!doctype html>`\))$/,
    );
  });

  it('a file that was cut off, at many places', () => {
    for (const part of [0, 0.1, 0.3, 0.5, 0.7, 0.9]) expect(() => said(good.subarray(0, Math.floor(part * good.length)))).not.toThrow();
  });

  it('what is not UTF-8', () => {
    expect(said(Buffer.concat([good, Buffer.from([0xff, 0xfe])]))).toBe('it is not UTF-8');
    expect(said(Buffer.from(good.toString('utf8'), 'utf16le'))).not.toBe('');
  });

  it('more than it would read', () => {
    expect(said(tooBig)).toBe(`it has ${MAX_ITEM_BYTES + 1} bytes, and at most ${MAX_ITEM_BYTES} are read`);
  });

  it('nothing, and JSON that is something else', () => {
    for (const other of ['', 'null', '[]', '7', '"text"', '{}', '{"hello":"world"}']) expect(() => said(other)).not.toThrow();
  });
});

/** Where JSON reads in two ways, or does harm. */
const tricks: readonly (readonly [what: string, json: string, message: string])[] = [
  ['a key twice', '{"rounds":1,"acknowledged":1,"lost":9,"duplicated":0,"lost":0}', 'the key `lost` is there twice, at `$`'],
  ['a key twice, once escaped', '{"lost":9,"l\\u006fst":0}', 'the key `lost` is there twice, at `$`'],
  ['a key twice, deep', '{"a":[1,{"b":{}},{"b":{"c":"\\\\\\"","c":2}}]}', 'the key `c` is there twice, at `$.a[2].b`'],
  ['a key that is the prototype', '{"a":{"__proto__":{"lost":0}}}', 'the key `__proto__` is refused, at `$.a`'],
  ['a key that is the prototype, escaped', '{"\\u005f_proto__":{"lost":0}}', 'the key `__proto__` is refused, at `$`'],
  ['nesting without end', `${'['.repeat(501)}${']'.repeat(501)}`, 'it is nested deeper than 500 levels'],
  ['nesting that ends a stack', `${'[{"a":'.repeat(400_000)}0${'}]'.repeat(400_000)}`, 'it is nested deeper than 500 levels'],
  ['two documents', '{"lost":0}{"lost":1}', 'it is not JSON (it begins `{"lost":0}{"lost":1}`)'],
  ['a comment', '{"lost":0 /* none */}', 'it is not JSON (it begins `{"lost":0 /* none */}`)'],
  [
    'a number that others round',
    '{"rounds":1,"acknowledged":1,"lost":0,"duplicated":0,"x":9007199254740993}',
    'an integer beyond 2^53 - 1 at `$.x` cannot be written as canonical JSON',
  ],
  [
    'a number beyond all',
    '{"rounds":1,"acknowledged":1,"lost":0,"duplicated":0,"x":1e999}',
    'the number Infinity at `$.x` cannot be written as canonical JSON',
  ],
  [
    'half a character',
    '{"rounds":1,"acknowledged":1,"lost":0,"duplicated":0,"x":"\\ud800"}',
    'a string with a lone surrogate at `$.x` cannot be written as canonical JSON',
  ],
];
it.each(tricks)('refuses JSON with %s', (_, json, message) => {
  expect(refusal('chaos', json, 'c.json')).toEqual(['evidence.item_malformed', `\`c.json\` is not a chaos report: ${message}`]);
});

it('reads a byte order mark as none, and the same text twice as the same', () => {
  expect(refusal('chaos', '\uFEFF{}')).toEqual(refusal('chaos', '{}'));
});

const laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>';
const xml: readonly (readonly [kind: string, what: string, text: string, message: string])[] = [
  ['junit', 'entities', `${laughs}<testsuite name="&b;"/>`, 'it declares a document type, which is refused'],
  ['junit', 'any document type', '<!DOCTYPE testsuite SYSTEM "x.dtd"><testsuite/>', 'it declares a document type, which is refused'],
  [
    'junit',
    'a file of the system',
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><testsuite name="&a;"/>',
    'it declares a document type, which is refused',
  ],
  ['junit', 'an entity out of nowhere', '<testsuite name="&a;"/>', 'it is not well-formed XML: 1:20: undefined entity'],
  ['junit', 'an attribute twice', '<testsuite name="a" name="b"/>', 'it is not well-formed XML: 1:30: duplicate attribute: name'],
  ['junit', 'no end', '<testsuite><testcase name="a">', 'it is not well-formed XML: 1:30: unclosed tag: testcase'],
  ['junit', 'two roots', '<testsuite/><testsuite/>', 'it is not well-formed XML: 1:23: documents may contain only one root'],
  ['junit', 'depth without end', `${'<testsuite>'.repeat(5_000)}`, 'it is nested deeper than 100 levels'],
  ['junit', 'another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><testsuite/>', 'its encoding is `ISO-8859-1`, not UTF-8'],
  ['junit', 'another root', '<coverage/>', 'its root is `coverage`, not `testsuites`'],
  ['junit', 'a time that is none', '<testsuite><testcase name="a" time="soon"/></testsuite>', '`time` of `a` is `soon`'],
  ['junit', 'a time before it began', '<testsuite><testcase name="a" time="-1"/></testsuite>', '`time` of `a` is `-1`'],
  [
    'junit',
    'failures that no case shows',
    '<testsuites><testsuite name="s" errors="1" failures="1"><testcase><error/></testcase></testsuite></testsuites>',
    '`s` counts 2 failures and errors, and its cases show 1',
  ],
  [
    'junit',
    'failures of all that no suite shows',
    '<testsuites name="all" failures="1"><testsuite/></testsuites>',
    '`all` counts 1 failures and errors, and its cases show 0',
  ],
  ['coverage', 'entities', `${laughs}<coverage/>`, 'it declares a document type, which is refused'],
  [
    'coverage',
    'entities behind a name that is usual',
    '<!DOCTYPE coverage SYSTEM "a" [<!ENTITY a "b">]><coverage/>',
    'it declares a document type, which is refused',
  ],
  ['coverage', 'another root', '<testsuites/>', 'its root is `testsuites`, not `coverage`'],
  ['coverage', 'no lines', '<coverage/>', 'it names no line'],
];
it.each(xml)('%s refuses XML with %s', (kind, _, text, message) => {
  expect(refusal(kind, text)[1].replace(/^.*?: /, '')).toBe(message);
});
