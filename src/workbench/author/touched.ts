import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The tests that lie beside some changed files, as a regular expression over their full names; undefined when there is none. */
export function testsBeside(folder: string, files: readonly string[]): string | undefined {
  const folders = new Set(files.filter((file) => file.endsWith('.rego')).map((file) => dirname(file)));
  const packages = [...folders].flatMap((beside) => {
    const tests = globSync('*_test.rego', { cwd: join(folder, beside) });
    return tests.flatMap((name) => packageOf(readFileSync(join(folder, beside, name), 'utf8')));
  });
  return packages.length === 0 ? undefined : `^data\\.(${packages.join('|')})\\.`;
}

function packageOf(text: string): string[] {
  const [, name] = /^package\s+(\S+)/m.exec(text) ?? [];
  return name === undefined ? [] : [name.replaceAll('.', '\\.')];
}
