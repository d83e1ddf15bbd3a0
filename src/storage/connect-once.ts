import pg from 'pg';

/** A connection of its own for schema work at the start. A server that dies under it fails the statement, not the process. */
export async function connectOnce(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined); // the statement under way is rejected as well
  await client.connect();
  return client;
}
