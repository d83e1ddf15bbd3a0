import { ensure } from '../report.ts';
import type { ItemReading } from './kind.ts';

/** Text in UTF-8 that cannot move a terminal's cursor. */
export function readText(bytes: Buffer): ItemReading {
  textOf(bytes);
  return {};
}

/** What a page can run something with, or fetch something from elsewhere. */
const element = /^<\/?(script|iframe|frame|object|embed|applet|link|base|form|img|video|audio|source|svg|math)\b/i;
const attribute = /[\s"'/](on[a-z]+|src|srcset|action|formaction|data|background|poster|ping)\s*=/i;
const forwarding = /http-equiv\s*=\s*["']?refresh/i;
const styles = /@import|url\s*\(/i;
/** To a place in the page, to a file of the bundle, or away where the reader sees it. */
const link = /^(#.*|https:\/\/.+|[A-Za-z0-9][A-Za-z0-9._-]*)$/;

/** Signed with the rest and opened by people: it must neither run anything nor tell anybody that it was opened. */
export function readPage(bytes: Buffer): ItemReading {
  const text = textOf(bytes);
  ensure(/^<!doctype html>/i.test(text), 'it is not an HTML page');
  ensure(!styles.test(text), 'it has a style from elsewhere');
  for (const [tag] of text.matchAll(/<[^>]*/g)) {
    const shown = `\`${tag.slice(0, 60)}\``;
    ensure(!element.test(tag) && !attribute.test(tag) && !forwarding.test(tag), `it runs or fetches something: ${shown}`);
    for (const [, quoted] of tag.matchAll(/\bhref\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)/gi))
      ensure(link.test((quoted ?? '').replace(/^["']|["']$/g, '')), `it has a link that is not plain: ${shown}`);
  }
  return {};
}

function textOf(bytes: Buffer): string {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are refused
  ensure(!/[\x00-\x08\x0b-\x1f\x7f]/.test(text), 'it holds control characters');
  return text;
}
