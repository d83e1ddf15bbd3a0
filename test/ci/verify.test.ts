import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyWithCosign, verifyWithOurs } from '../../ci/verify.ts';
import { resolveTool } from '../../src/workbench/index.ts';
import { contract, type Signed, temporaryFolder, write, writeSigned } from '../evidence/fixture.ts';

const root = temporaryFolder();
let met: Signed;
let unmet: Signed;

beforeAll(async () => {
  met = await writeSigned(join(root.path, 'met'));
  const stricter = contract.replace('lines: { min: 90 }', 'lines: { min: 100 }');
  unmet = await writeSigned(join(root.path, 'unmet'), { contractFile: write(join(root.path, 'stricter.yaml'), stricter) });
});
afterAll(() => root.remove());

function tampered({ folder }: Signed, name: string): string {
  const copy = join(root.path, name);
  cpSync(folder, copy, { recursive: true });
  writeFileSync(join(copy, 'policy-coverage.json'), '{"coverage":100,"files":[]}\n');
  return copy;
}

describe('the step that verifies', () => {
  it('ends where an item was swapped, also where the contract is not met either', async () => {
    for (const [name, signed] of [
      ['swapped', met],
      ['swapped-unmet', unmet],
    ] as const) {
      await expect(verifyWithOurs(tampered(signed, name), ['--key', signed.publicKeyFile])).rejects.toMatchObject({
        code: 'step.not_verified',
        exitCode: 1,
        message: expect.stringContaining('artifact.digest'),
      });
    }
  });

  it('ends where somebody else signed, and has no command for stock cosign then', async () => {
    const others = ['--key', unmet.publicKeyFile];
    await expect(verifyWithOurs(met.folder, others)).rejects.toMatchObject({ message: expect.stringContaining('manifest.signature') });
    await expect(verifyWithCosign(met.folder, others, '/none')).rejects.toMatchObject({ code: 'step.not_verified' });
  });

  it('ends where there is no bundle', async () => {
    const key = ['--key', met.publicKeyFile];
    await expect(verifyWithOurs(join(root.path, 'none'), key)).rejects.toMatchObject({ code: expect.stringMatching(/^step\./) });
  });

  it('goes on where the contract alone is not met: the gate judges that', async () => {
    await verifyWithOurs(unmet.folder, ['--key', unmet.publicKeyFile]);
    await verifyWithOurs(met.folder, ['--key', met.publicKeyFile]);
  });

  it('has stock cosign verify every signature', async () => {
    const cosign = await resolveTool('cosign3');
    const count = await verifyWithCosign(met.folder, ['--key', met.publicKeyFile], cosign, join(root.path, 'cosign.log'));
    expect(count).toBeGreaterThan(5);
  });
});
