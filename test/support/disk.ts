import { createReadStream, type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Every form in which a text of ASCII could lie on a disk: itself, in hex, in UTF-16, and in base64 wherever a group begins. */
function formsOf(text: string): Buffer[] {
  const bytes = Buffer.from(text, 'ascii');
  const base64 = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    // Without the characters that depend on what stands before and after.
    return encoded.slice(shift === 0 ? 0 : 4, encoded.length - 4);
  });
  const hex = bytes.toString('hex');
  const forms = [text, hex, hex.toUpperCase(), ...base64, ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
  return [...new Set(forms)].map((form) => Buffer.from(form, 'ascii')).concat(Buffer.from(text, 'utf16le'));
}

/**
 * The files below a folder that hold one of some texts in any form: `<file>: <text>`. A server may be at work on them: what it removes or
 * renames is looked for again, until every file that is there was read.
 */
export async function filesHolding(folder: string, texts: readonly string[]): Promise<string[]> {
  const forms = texts.flatMap((text) => formsOf(text).map((form) => ({ text, form })));
  const found = new Set<string>();
  const read = new Set<string>();
  for (let left = filesBelow(folder); left.length > 0; left = filesBelow(folder).filter((file) => !read.has(file))) {
    for (const file of left) {
      const held = await textsIn(file, forms);
      if (held !== undefined) read.add(file);
      for (const text of held ?? []) found.add(`${file.slice(folder.length + 1)}: ${text}`);
    }
  }
  return [...found].toSorted();
}

/** Undefined when the file is not there any more. */
async function textsIn(file: string, forms: readonly { readonly text: string; readonly form: Buffer }[]): Promise<string[] | undefined> {
  const longest = Math.max(...forms.map(({ form }) => form.length));
  const found: string[] = [];
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
      const data: Buffer = Buffer.concat([rest, chunk]);
      for (const { text, form } of forms) if (data.includes(form)) found.push(text);
      rest = data.subarray(Math.max(0, data.length - longest + 1));
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return found;
}

function filesBelow(folder: string): string[] {
  const isFile = (entry: Dirent): boolean => entry.isFile();
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(isFile)
    .map((entry) => join(entry.parentPath, entry.name));
}
