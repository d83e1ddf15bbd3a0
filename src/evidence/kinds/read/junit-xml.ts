import { Malformed } from './malformed.ts';
import type { TestCase, TestReport } from './test-report.ts';
import { childrenOf, parseXml, type XmlElement } from './xml.ts';

/**
 * JUnit XML as its many writers have it: `testsuites` or one `testsuite`, suites in suites, `testcase` with `failure`, `error` or
 * `skipped` in it. A suite that counts more failures than its cases show hides some, and is refused.
 *
 * @throws Malformed
 */
export function readJUnit(text: string): TestReport {
  const root = parseXml(text);
  if (root.name !== 'testsuites' && root.name !== 'testsuite') throw new Malformed(`its root is \`${root.name}\`, not \`testsuites\``);
  return { suites: suitesOf(root) };
}

function suitesOf(element: XmlElement): TestReport['suites'] {
  const own = element.name === 'testsuite' ? [toSuite(element)] : [];
  const all = [...own, ...childrenOf(element, 'testsuite').flatMap(suitesOf)];
  const failed = all.flatMap((suite) => suite.cases).filter(({ outcome }) => outcome === 'failed').length;
  const said = numberOf(element, 'failures') + numberOf(element, 'errors');
  if (said > failed) {
    throw new Malformed(
      `\`${element.attributes['name'] ?? element.name}\` counts ${said} failures and errors, and its cases show ${failed}`,
    );
  }
  return all;
}

function toSuite(element: XmlElement): TestReport['suites'][number] {
  const { name = '', timestamp } = element.attributes;
  return { name, timestamp: toTimestamp(timestamp), cases: childrenOf(element, 'testcase').map(toCase) };
}

function toCase(element: XmlElement): TestCase {
  const { classname = '', name = '' } = element.attributes;
  const [failure] = element.children.filter((child) => child.name === 'failure' || child.name === 'error');
  const [skipped] = childrenOf(element, 'skipped');
  const outcome = failure !== undefined ? 'failed' : skipped !== undefined ? 'skipped' : 'passed';
  return { class: classname, name, seconds: numberOf(element, 'time'), outcome, message: messageOf(failure ?? skipped) };
}

function messageOf(element: XmlElement | undefined): string | null {
  if (element === undefined) return null;
  const said = element.attributes['message'] ?? element.text.trim();
  return said === '' ? null : said;
}

/** Surefire writes a thousand seconds as `1,000.5`. */
function numberOf(element: XmlElement, attribute: string): number {
  const written = (element.attributes[attribute] ?? '0').replaceAll(',', '');
  if (/^\d+(\.\d+)?(e-?\d+)?$/i.test(written)) return Number(written);
  throw new Malformed(`\`${attribute}\` of \`${element.attributes['name'] ?? element.name}\` is \`${element.attributes[attribute]}\``);
}

/** In UTC where nothing is said of a zone; null when it is no time at all, which then counts as old. */
function toTimestamp(written: string | undefined): string | null {
  const [, day, time, zone = 'Z'] = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:?\d\d)?$/.exec(written ?? '') ?? [];
  if (day === undefined) return null;
  const at = new Date(`${day}T${time}${zone}`);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
