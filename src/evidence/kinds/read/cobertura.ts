import type { Coverage, Part } from './coverage-report.ts';
import { Malformed } from './malformed.ts';
import { childrenOf, parseXml, type XmlElement } from './xml.ts';

/** What nearly every Cobertura report names, and nobody needs to read. */
const doctype = /^\s*coverage SYSTEM (["'])[^"'[\]<>]*\1\s*$/;

type Line = { readonly number: string; readonly hit: boolean; readonly branches: Part };

/** Cobertura XML: `coverage/packages/package/classes/class/lines/line`. A file with several classes is one file. @throws Malformed */
export function readCobertura(text: string): Coverage {
  const root = parseXml(text, doctype);
  if (root.name !== 'coverage') throw new Malformed(`its root is \`${root.name}\`, not \`coverage\``);
  const files = new Map<string, Map<string, Line>>();
  for (const item of descend(root, ['packages', 'package', 'classes', 'class'])) {
    const file = item.attributes['filename'];
    if (file === undefined) throw new Malformed('a `class` has no `filename`');
    files.set(file, merge(files.get(file) ?? new Map(), descend(item, ['lines', 'line']).map(toLine)));
  }
  const lines = [...files].map(([file, all]) => ({ file, lines: partOf([...all.values()]) }));
  const branches = sumOf([...files.values()].flatMap((all) => [...all.values()].map((line) => line.branches)));
  return {
    lines: sumOf(lines.map((item) => item.lines)),
    branches: branches.total === 0 ? null : branches,
    functions: null,
    files: lines,
  };
}

function descend(element: XmlElement, names: readonly string[]): XmlElement[] {
  return names.reduce<XmlElement[]>((all, name) => all.flatMap((one) => childrenOf(one, name)), [element]);
}

function toLine({ attributes }: XmlElement): Line {
  const { number = '', hits = '', 'condition-coverage': conditions } = attributes;
  if (!/^\d+$/.test(number) || !/^\d+$/.test(hits)) throw new Malformed(`a \`line\` has number \`${number}\` and hits \`${hits}\``);
  const [, covered = '0', total = '0'] = /\((\d+)\/(\d+)\)$/.exec(conditions ?? '') ?? [];
  return { number, hit: Number(hits) > 0, branches: { covered: Number(covered), total: Number(total) } };
}

/** A line of two classes is hit when either is, and has the branches of the one that has more of them covered. */
function merge(known: Map<string, Line>, lines: readonly Line[]): Map<string, Line> {
  for (const line of lines) {
    const before = known.get(line.number);
    const better = before === undefined || line.branches.covered > before.branches.covered ? line : before;
    known.set(line.number, { ...better, hit: line.hit || before?.hit === true });
  }
  return known;
}

function partOf(lines: readonly Line[]): Part {
  return { covered: lines.filter(({ hit }) => hit).length, total: lines.length };
}

function sumOf(parts: readonly Part[]): Part {
  return parts.reduce((sum, { covered, total }) => ({ covered: sum.covered + covered, total: sum.total + total }), {
    covered: 0,
    total: 0,
  });
}
