import type { S3Settings } from '../../src/catalog/files/s3.ts';
import { startInterop } from '../interop/programs.ts';
import { makeFolder } from '../support/folders.ts';

/** A real S3 server in memory that checks signatures (test/interop/s3); parts are as small as it takes them. */
export async function startS3(): Promise<{ settings: S3Settings; stop(): Promise<void> }> {
  const server = await startInterop('s3', ['access-key', 'secret-key', 'evidence-bucket'], makeFolder('s3'));
  const endpoint = await server.said(/listening on (\S+)/);
  const settings = {
    endpoint,
    region: 'eu-central-1',
    bucket: 'evidence-bucket',
    prefix: 'some/place/',
    accessKey: 'access-key',
    secretKey: 'secret-key',
    partBytes: 5 * 1024 ** 2,
  };
  return { settings, stop: () => server.stop() };
}

/** Keys of what the server holds, and of what was begun in parts and is neither completed nor aborted. */
export async function keysIn({ endpoint, bucket, ...rest }: S3Settings): Promise<{ objects: string[]; uploads: string[] }> {
  const { AwsClient } = await import('aws4fetch');
  const client = new AwsClient({ accessKeyId: rest.accessKey, secretAccessKey: rest.secretKey, service: 's3', region: rest.region });
  const keysOf = async (query: string) => {
    const said = await (await client.fetch(`${endpoint}/${bucket}?${query}`)).text();
    return [...said.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => key).toSorted();
  };
  return { objects: await keysOf('list-type=2'), uploads: await keysOf('uploads=') };
}
