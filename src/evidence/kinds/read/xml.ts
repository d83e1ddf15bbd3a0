import { SaxesParser } from 'saxes';
import { beginningOf } from './json.ts';
import { Malformed } from './malformed.ts';

export type XmlElement = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  /** Of the element itself, without its children's. */
  text: string;
};

const DEEPEST = 100;

/**
 * Well-formed XML as a tree, without anything that could be declared in it: no entity, and no document type but one that
 * `doctype` allows.
 *
 * @throws Malformed
 */
export function parseXml(text: string, doctype: RegExp | null = null): XmlElement {
  if (!text.trimStart().startsWith('<')) throw new Malformed(`it is not XML (it begins ${beginningOf(text)})`);
  const document: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const parser = treeParser(document);
  parser.on('doctype', (declared) => {
    if (doctype?.test(declared) !== true) throw new Malformed('it declares a document type, which is refused');
  });
  parser.write(text).close();
  const [root] = document.children;
  if (root === undefined) throw new Malformed('it has no element');
  return root;
}

function treeParser(document: XmlElement): SaxesParser {
  const parser = new SaxesParser();
  const open = [document];
  parser.on('error', ({ message }) => {
    throw new Malformed(`it is not well-formed XML: ${message.replace(/\.$/, '')}`);
  });
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && !/^(utf-8|us-ascii)$/i.test(encoding)) throw new Malformed(`its encoding is \`${encoding}\`, not UTF-8`);
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element: XmlElement = { name, attributes, children: [], text: '' };
    if (open.length > DEEPEST) throw new Malformed(`it is nested deeper than ${DEEPEST} levels`);
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  const append = (text: string) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  };
  parser.on('text', append);
  parser.on('cdata', append);
  parser.on('closetag', () => open.pop());
  return parser;
}

/** The children of a name. */
export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}
