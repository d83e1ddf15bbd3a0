import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resolveTool } from '../../../src/workbench/index.ts';
import { eventually } from '../../support/deadline.ts';
import { makeFolder, removeFolders } from '../../support/folders.ts';

const program = join(import.meta.dirname, '../../../src/cli/countersign.ts');
const rule = 'package rules.club.age\n\nadult if input.age >= 18\n';
const test = 'package rules.club.age_test\n\nimport data.rules.club.age\n\ntest_it if age.adult with input.age as 18\n';

let root: string;
let folder: string;
beforeAll(async () => {
  await resolveTool('opa');
}, 600_000);
beforeEach(() => {
  root = makeFolder('watch');
  folder = join(root, 'policies');
  mkdirSync(join(root, 'tmp'));
  write('rules/club/age/rule.rego', rule);
  write('rules/club/age/rule_test.rego', test);
});
afterEach(() => removeFolders([root]));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** As many editors save: another file is written and takes the name. */
function replace(path: string, text: string): void {
  write('aside', text);
  renameSync(join(folder, 'aside'), join(folder, path));
}

function start(...args: string[]) {
  const child = spawn(process.execPath, [program, 'policy', ...args, '--source', folder], {
    env: { ...process.env, TMPDIR: join(root, 'tmp') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
  }
  return {
    /** What it said since the last time, up to and with the line that matches. */
    says: (pattern: RegExp) =>
      eventually(`it says ${pattern}`, () => {
        if (child.exitCode !== null && !pattern.test(said)) throw new Error(`it ended with ${child.exitCode}: ${said}`);
        const found = pattern.exec(said);
        if (found === null) return undefined;
        const until = said.slice(0, found.index + found[0].length);
        said = said.slice(until.length);
        return until;
      }),
    end: async (signal: NodeJS.Signals) => {
      child.kill(signal);
      const [code] = await ended;
      return code;
    },
  };
}

/** The processes that stand in the policies or in a copy of them, which is where OPA is started. */
function orphans(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(root);
      } catch {
        return false;
      }
    });
}

describe('policy test --watch', () => {
  it('tells what each change broke and where, until Ctrl-C', async () => {
    const watching = start('test', '--watch');
    expect(await watching.says(/Ctrl-C to end\n/)).toMatch(/^pass: 1 tests, 0 golden cases \(\d+ ms\)\nwatching .*, Ctrl-C to end\n$/);
    write('rules/club/age/rule.rego', rule.replace('18', '19'));
    expect(await watching.says(/FAIL: .*\n/)).toMatch(
      /rules\/club\/age\/rule\.rego changed\n\/.*rules\/club\/age\/rule_test\.rego:5: `test_it` fails\n/,
    );
    replace('rules/club/age/rule.rego', rule);
    await watching.says(/pass: 1 tests/);
    replace('rules/club/age/rule.rego', `${rule}x := {\n`);
    expect(await watching.says(/FAIL: .*\n/)).toMatch(/rules\/club\/age\/rule\.rego:5: unexpected/);
    replace('rules/club/age/rule.rego', rule);
    await watching.says(/pass: 1 tests/);
    write('rules/club/hat/rule_test.rego', 'package rules.club.hat_test\n\ntest_hat if true\n');
    await watching.says(/rules\/club\/hat\/rule_test\.rego.* changed\npass: 2 tests/);
    rmSync(join(folder, 'rules/club/hat'), { recursive: true });
    await watching.says(/pass: 1 tests/);
    expect(await watching.end('SIGINT')).toBe(0);
    expect(orphans()).toEqual([]);
  });

  it('takes OPA with it when it is ended in the middle of a run', async () => {
    const watching = start('test', '--watch');
    await watching.says(/Ctrl-C to end\n/);
    write('rules/club/age/rule.rego', `${rule}\n# again\n`);
    await watching.says(/rule\.rego changed\n/);
    expect(await watching.end('SIGTERM')).toBe(0);
    expect(orphans()).toEqual([]);
  });
});

describe('policy test', () => {
  it('ends with 1 when a test fails, and says which', async () => {
    write('rules/club/age/rule.rego', rule.replace('18', '19'));
    const once = start('test');
    expect(await once.says(/FAIL: .*\n/)).toContain('/rules/club/age/rule_test.rego:5: `test_it` fails\n');
    expect(await once.end('SIGCONT')).toBe(1);
  });
});

describe('policy mutate', () => {
  it.each([
    [['--threshold', '101'], 2, /error: --threshold is `101`/],
    [
      ['--threshold', '99'],
      1,
      /mutation score \d\d\.\d % \(at least 99 %\): \d killed, \d survived, 0 argued equivalent, 0 did not compile\n/,
    ],
    [['--threshold', '10'], 0, /rule\.rego:3: adult: .*\nmutation score/],
  ])('with %j ends with %i', async (args, code, pattern) => {
    const mutating = start('mutate', ...args);
    await mutating.says(pattern);
    expect(await mutating.end('SIGCONT')).toBe(code);
  });

  it('leaves nothing behind on Ctrl-C', async () => {
    const mutating = start('mutate');
    await mutating.says(/1\/\d, /);
    expect(await mutating.end('SIGINT')).toBe(130);
    expect(readdirSync(join(root, 'tmp'))).toEqual([]);
    expect(readdirSync(folder)).toEqual(['rules']);
    expect(orphans()).toEqual([]);
  });
});
