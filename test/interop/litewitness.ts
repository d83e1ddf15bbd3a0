import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { WitnessSettings } from '../../src/ledger/index.ts';
import type { Opened } from '../ledger/witness-fixture.ts';
import { makeFolder, removeFolders } from '../support/folders.ts';
import { freePort } from '../support/ports.ts';
import { startInterop } from './programs.ts';

/** Torchwood's litewitness on loopback, with a key in an agent of its own, watching logs by their verifier keys. */
export async function runLitewitness(opened: Opened, vkeys: readonly string[]): Promise<WitnessSettings> {
  const folder = makeFolder('litewitness');
  opened.add(() => removeFolders([folder]));
  const socket = join(folder, 'agent');
  const agent = await startInterop('ssh-agent', [socket], folder);
  opened.add(() => agent.stop());
  const fingerprint = await agent.said(/(SHA256:\S+)/);
  const [database, port] = [join(folder, 'witness.db'), await freePort()];
  const listen = ['-listen', `127.0.0.1:${port}`, '-db', database];
  const witness = await startInterop(
    'litewitness',
    ['-name', 'lite.example/w', '-ssh-agent', socket, '-key', fingerprint, ...listen],
    folder,
  );
  opened.add(() => witness.stop());
  const key = await witness.said(/vkey="?(\S+?)"?\s/);
  await witness.said(/(listening)/);
  watch(database, vkeys);
  return { name: 'lite', url: `http://127.0.0.1:${port}`, key };
}

/** What its witnessctl does for `add-log` and `add-key`; that program needs a module that not every proxy has. */
function watch(file: string, vkeys: readonly string[]): void {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  const emptyRoot = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
  for (const vkey of vkeys) {
    const origin = vkey.slice(0, vkey.indexOf('+'));
    database.prepare('insert or ignore into log (origin, tree_size, tree_hash) values (?, 0, ?)').run(origin, emptyRoot);
    database.prepare('insert into key (origin, key) values (?, ?)').run(origin, vkey);
  }
  database.close();
}
