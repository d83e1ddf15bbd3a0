/**
 * Something that a policy author has to mend. `file` is relative to the policies' folder, with `/`; `line` counts from 1. `detail` are
 * lines that show the values, none when there is nothing to show.
 */
export type Failure = { readonly file: string; readonly line: number; readonly message: string; readonly detail: readonly string[] };

/** `file:line: message`, the form that editors make links of, and the detail below it; `folder` comes before the file. */
export function printedFailure({ file, line, message, detail }: Failure, folder: string): string {
  return [`${folder}/${file}:${line}: ${message}`, ...detail.map((text) => `    ${text}`)].join('\n');
}
