import pg from 'pg';

/** A statement as it is sent. With a name it is prepared: parsed once a connection. */
export type Statement = { readonly text: string; readonly values: readonly unknown[]; readonly name?: string };
export type Prepared = Statement & { readonly name: string };

/** What pg answers with; a list when there were several statements. */
// biome-ignore lint/suspicious/noExplicitAny: the driver's own type
export type Answer = any;

/**
 * Sends statements in one message and waits once (the extended protocol, one Sync behind them all). Each sees what was committed while
 * those before it waited; when one fails, that is the answer, and those behind it are not run. A way to the server and back costs more
 * than most statements. `before`: prepared on this connection already.
 */
export function sendTogether(client: pg.PoolClient, before: readonly Prepared[], last: Statement): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const bound = before.map(({ name, values }) => ({ name, values: values.map(asSent) })); // before the driver holds the connection for us
    const config = { ...last, values: [...last.values], queryMode: 'extended' };
    const query = new pg.Query(config, (error, answer) => (error ? reject(error) : resolve(answer)));
    const submit = query.submit.bind(query);
    query.submit = (connection) => {
      connection.stream.cork();
      try {
        for (const statement of bound) send(connection, statement);
        return submit(connection);
      } finally {
        connection.stream.uncork();
      }
    };
    client.query(query);
  });
}

type Bound = { readonly name: string; readonly values: (string | Buffer)[] };

function send(connection: pg.Connection, { name, values }: Bound): void {
  connection.bind({ statement: name, values }, true);
  connection.describe({ type: 'P', name: '' }, true);
  connection.execute(null, true);
}

function asSent(value: unknown): string | Buffer {
  if (typeof value === 'string' || Buffer.isBuffer(value)) return value;
  throw new TypeError('what goes along with another statement takes texts and bytes');
}
