import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analysis, bugs, plantedFolder, policies } from './planted.ts';

const root = join(policies, '..');

/** The command as people start it. */
function countersign(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/cli/countersign.ts', 'policy', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('countersign policy analyse', { timeout: 120_000 }, () => {
  it('ends with 1 and the counterexample when an invariant does not hold', () => {
    const { status, stdout } = countersign(
      'analyse',
      plantedFolder(bugs.freshness),
      '--space',
      analysis,
      '--action',
      'orchestration.approve',
    );
    expect(status).toBe(1);
    expect(stdout).toContain(
      '1 finding, each with the input nearest to the baseline\n\n' +
        'dry_run_fresh: A dry run of at most 30 minutes is fresh, to the second\n' +
        '  but `orchestration.approve` is DENY by `orchestration.dry_run_fresh` when facts.dryRun.ageSeconds is 1800; everything else as in the baseline (Sam, an SRE, approves the remedy that Pat proposed, after a dry run a minute ago)\n',
    );
  });

  it('ends with 0 and exact counts when all hold', () => {
    const { status, stdout } = countersign('analyse', join(policies, 'dist'), '--action', 'ledger.read_entry', '--json');
    expect(status).toBe(0);
    const report = JSON.parse(stdout);
    expect(report.findings).toEqual([]);
    expect(report.actions).toMatchObject([{ action: 'ledger.read_entry', stepUp: '0' }]);
    expect(BigInt(report.actions[0].allow) + BigInt(report.actions[0].deny)).toBe(BigInt(report.actions[0].inputs));
  });

  it('ends with 2 when there is nothing to analyse', () => {
    expect(countersign('analyse', join(root, 'docs'))).toEqual({
      status: 2,
      stdout: '',
      stderr: `error: \`${join(root, 'docs')}\` holds neither a compiled policy nor the sources of one\n  → name a folder with policy.wasm in it, or one like policies/\n`,
    });
  });
});

describe('countersign policy diff', { timeout: 120_000 }, () => {
  it('ends with 1 and tells each change, when anything is decided differently', () => {
    const folder = plantedFolder(bugs.device);
    const { status, stdout } = countersign('diff', join(policies, 'dist'), folder, '--action', 'flag.set');
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^- .*policies\/dist \(policy [0-9a-f]{16}\)\n\+ .* \(policy [0-9a-f]{16}\)\n\nchange +inputs +actions\nALLOW → DENY /,
    );
    expect(stdout).toContain(
      '  nearest: `flag.set` was ALLOW by `flag.role_grant` and becomes DENY by `core.device_trust` in the baseline (Sam, an SRE, sets the kill switch from a trusted device and says why) itself\n',
    );
    expect(stdout).toMatch(
      /\nflag\.set: DENY → ALLOW, core\.device_trust → flag\.role_grant: [0-9,]+ inputs\n {2}roles: org-admin [0-9,]+, sre [0-9,]+, several at once [0-9,]+\n/,
    );
  });

  it('ends with 0 when nothing is, with folders named from here', () => {
    const { status, stdout } = countersign('diff', 'policies/dist', 'policies/', '--action', 'ledger.read_timeline', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ groups: [], actions: [{ action: 'ledger.read_timeline', changed: '0' }] });
  });
});
