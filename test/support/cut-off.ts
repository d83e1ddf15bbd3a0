import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A line to PostgreSQL that a test can cut: what goes over it sees the server vanish, while the test itself, and the other
 * suites on that server, still reach it.
 */
export async function cutOff() {
  const sockets = new Set<Socket>();
  let lastWords: RegExp | undefined;
  let target = { host: '', port: 0 };
  let server: Server | undefined;

  async function listen(port: number): Promise<number> {
    server = createServer((socket) => {
      const onward = connect(target);
      for (const [one, other] of [
        [socket, onward],
        [onward, socket],
      ] as const) {
        sockets.add(one);
        one.on('error', () => other.destroy()).on('close', () => sockets.delete(one));
        one.pipe(other);
      }
      let said = '';
      socket.on('data', (chunk: Buffer) => {
        said = lastWords === undefined ? '' : said + chunk.toString('latin1');
        if (lastWords?.test(said) === true) onward.unpipe(socket); // it is passed on, and no answer comes
      });
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async function cut(): Promise<void> {
    const cutting = server;
    server = undefined;
    if (cutting === undefined) return;
    const closed = once(cutting, 'close');
    cutting.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  const port = await listen(0);
  return {
    /** The same database over this line. */
    route: (url: string): string => {
      const { hostname, port: onward } = new URL(url);
      target = { host: hostname, port: Number(onward) };
      return Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).toString();
    },
    cut,
    /** A connection over which this is said from now on is understood by the server, and hears nothing more. */
    deafenAfter: (words: RegExp | undefined): void => {
      lastWords = words;
    },
    mend: async (): Promise<void> => {
      if (server === undefined) await listen(port);
    },
    stop: cut,
  };
}
