import { generateKeyPairSync } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { messageOf } from '../../../core/index.ts';
import { EvidenceError } from '../../errors.ts';
import { seal } from './sealed.ts';

export type KeyPairFiles = { readonly privateKeyFile: string; readonly publicKeyFile: string; readonly encrypted: boolean };

/**
 * Makes a P-256 pair: `<prefix>.key`, readable by its owner only and in cosign's encrypted format when there is a password, and
 * `<prefix>.pub`. Never writes over a key.
 *
 * @throws EvidenceError `evidence.key_exists`, `evidence.write_failed`
 */
export function generateKeyPair({ prefix, password }: { prefix: string; password?: string | undefined }): KeyPairFiles {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const encrypted = password !== undefined;
  const secret = encrypted
    ? seal(privateKey.export({ format: 'der', type: 'pkcs8' }), password)
    : privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const files = { privateKeyFile: `${prefix}.key`, publicKeyFile: `${prefix}.pub`, encrypted };
  writeNew(files.privateKeyFile, secret, 0o600);
  try {
    writeNew(files.publicKeyFile, publicKey.export({ format: 'pem', type: 'spki' }).toString(), 0o644);
  } catch (error) {
    rmSync(files.privateKeyFile);
    throw error;
  }
  return files;
}

function writeNew(file: string, text: string, mode: number): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode });
  } catch (cause) {
    const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    throw exists
      ? new EvidenceError('evidence.key_exists', `\`${file}\` exists`, { remedy: 'name another --out, or move the old key away' })
      : new EvidenceError('evidence.write_failed', `cannot write \`${file}\`: ${messageOf(cause)}`, {
          cause,
          remedy: 'correct --out or the permissions',
        });
  }
}
