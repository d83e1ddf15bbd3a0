import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { unpackArchive } from '../../evidence/verify/index.ts';
import { DECISION, GatewayClient, type GatewayOptions, withGateway } from '../gateway.ts';
import { interruptible } from '../interrupt.ts';
import { bundleOf, type LocalBundle } from './bundle-files.ts';
import { byteProgress } from './byte-progress.ts';
import { exitCodes, printFacts, printJson } from './output.ts';
import { printRefusal } from './refusal.ts';
import { isThere, putFile } from './upload.ts';

export function publishCommand(): Command {
  const command = new Command('publish')
    .description(
      'upload a signed bundle and publish it; the gateway verifies all of it itself. Files that are there already are not sent again',
    )
    .argument('<bundle>', 'a folder, or what `ig-evidence pack` wrote');
  return withGateway(command).action((bundle: string, options: GatewayOptions) =>
    interruptible((signal) => publish(bundle, options, signal)),
  );
}

const document = `mutation ($input: PublishEvidenceInput!) {
  asked: publishEvidence(input: $input) { ${DECISION} published { manifest release verdict first } }
}`;
const published = z.object({ manifest: z.string(), release: z.string(), verdict: z.string(), first: z.boolean() });

async function publish(path: string, options: GatewayOptions, signal: AbortSignal): Promise<void> {
  const gateway = new GatewayClient(options, signal);
  await withFolder(path, signal, async (folder) => {
    const bundle = bundleOf(folder);
    const sent = await upload(gateway, bundle, signal);
    const input = { manifest: bundle.manifest, signatures: bundle.signatures };
    const { decision, rest } = await gateway.ask(document, { input }, z.object({ published: published.nullable() }));
    const done = rest.published;
    if (done === null) process.exitCode = exitCodes.failed;
    if (options.json === true) printJson({ decision, published: done, sent });
    else if (done === null) printRefusal(decision);
    else
      printFacts([
        ['release', done.release],
        ['manifest', done.manifest],
        ['verdict', done.verdict],
        ['sent', `${sent.files} files, ${sent.bytes} bytes; ${sent.skipped} were there`],
        ['published', done.first ? 'now' : 'before'],
      ]);
  });
}

/** An archive is unpacked beside nothing, for as long as it takes. */
async function withFolder(path: string, signal: AbortSignal, work: (folder: string) => Promise<void>): Promise<void> {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return work(path);
  const place = mkdtempSync(join(tmpdir(), 'ig-evidence-publish-'));
  try {
    const { folder } = await unpackArchive({ archive: path, out: join(place, 'bundle'), signal });
    await work(folder);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

type Sent = { files: number; bytes: number; skipped: number };

/** One after the other, the manifest last. */
async function upload(gateway: GatewayClient, { files }: LocalBundle, signal: AbortSignal): Promise<Sent> {
  const progress = byteProgress('uploaded');
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const sent: Sent = { files: 0, bytes: 0, skipped: 0 };
  let done = 0;
  try {
    for (const file of files) {
      if (await isThere(gateway, file.digest, signal)) sent.skipped += 1;
      else {
        await putFile(gateway, file, { signal, onSent: (bytes) => progress.tell(done + bytes, total) });
        sent.files += 1;
        sent.bytes += file.size;
      }
      done += file.size;
      progress.tell(done, total);
    }
  } finally {
    progress.end();
  }
  return sent;
}
