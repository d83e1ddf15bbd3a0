import { ensure } from '../report.ts';
import type { ItemReading } from './kind.ts';

/** Text in UTF-8 that cannot move a terminal's cursor, nor show a command otherwise than it is copied. */
export function readText(bytes: Buffer): ItemReading {
  textOf(bytes);
  return {};
}

const HEAD = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>`;
/** Everything but the three places that are not the same in every bundle: title, style and content. */
const form = new RegExp(`^${HEAD}([^<]*)</title>\n<style>([^<]*)</style>\n</head>\n<body>\n(.*)</body>\n</html>\n$`, 's');

/** No string, no function, no at-rule and no escape of one: nothing that CSS could fetch something with. */
const style = /^[\w #%,.:;/{}\n-]*$/;
const characters = '[^<>&]+|&#(?:34|38|39|60|62);';
const words = new RegExp(characters, 'y');
const elements = '</?(?:h1|h2|p|span|a|dl|dt|dd|code|pre|table|tr|th|td)>';
/** A class, and a link to a file of the bundle: the only attributes there are. */
const attributed = '<span class="[A-Za-z]+">|<a href="[A-Za-z0-9][A-Za-z0-9._-]*">';
const content = new RegExp(`${characters}|${elements}|${attributed}`, 'y');

/**
 * Signed with the rest and opened by people: it must neither run anything nor tell anybody that it was opened. What is not named here
 * is refused; to name what could run or fetch something would be to know every browser.
 */
export function readPage(bytes: Buffer): ItemReading {
  const found = form.exec(textOf(bytes)) ?? [];
  ensure(found.length > 0, 'it is not a page of this form');
  const [, title = '', styles = '', body = ''] = found;
  ensure(style.test(styles), 'its style has more than plain rules');
  ensureAll(words, title);
  ensureAll(content, body);
  return {};
}

/** Nothing but these, one after the other. */
function ensureAll(token: RegExp, text: string): void {
  for (let at = 0; at < text.length; at = token.lastIndex) {
    token.lastIndex = at;
    ensure(token.test(text), `it has what no page of a bundle has: \`${text.slice(at, at + 60)}\``);
  }
}

function textOf(bytes: Buffer): string {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  ensure(!/(?![\t\n])[\p{Cc}\p{Bidi_Control}]/u.test(text), 'it holds control characters');
  return text;
}
