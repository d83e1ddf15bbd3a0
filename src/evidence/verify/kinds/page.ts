import { ensure, fail } from '../report.ts';
import type { ItemReading } from './kind.ts';

/** Text in UTF-8 that cannot move a terminal's cursor. */
export function readText(bytes: Buffer): ItemReading {
  textOf(bytes);
  return {};
}

/** Elements and attributes by which a page could run something, or fetch something from elsewhere. */
const forbidden: readonly (readonly [RegExp, string])[] = [
  [/<\s*(script|iframe|frame|object|embed|applet|link|base|form|img|video|audio|source|svg|math)\b/i, 'an element that runs or fetches'],
  [/<[^>]*\son[a-z]+\s*=/i, 'an attribute that runs something'],
  [/<[^>]*\s(src|srcset|action|formaction|data|background|poster|ping)\s*=/i, 'an attribute that fetches something'],
  [
    /<[^>]*\shref\s*=\s*["']?\s*(?!https:\/\/|#|[A-Za-z0-9][A-Za-z0-9._-]*["'\s>])/i,
    'a link that is neither https nor a file of the bundle',
  ],
  [/<meta\b[^>]*http-equiv\s*=\s*["']?refresh/i, 'a forwarding'],
  [/@import|url\s*\(/i, 'a style from elsewhere'],
];

/** Signed with the rest and opened by people: it must neither run anything nor tell anybody that it was opened. */
export function readPage(bytes: Buffer): ItemReading {
  const text = textOf(bytes);
  ensure(/^<!doctype html>/i.test(text), 'it is not an HTML page');
  for (const [pattern, what] of forbidden) {
    if (pattern.test(text)) fail(`it has ${what}: \`${pattern.exec(text)?.[0].slice(0, 60)}\``);
  }
  return {};
}

function textOf(bytes: Buffer): string {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are refused
  ensure(!/[\x00-\x08\x0b-\x1f\x7f]/.test(text), 'it holds control characters');
  return text;
}
