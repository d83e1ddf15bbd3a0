import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Outcome, outcomeSchema, type Turn } from './turn.ts';

/** What all turns on one server have in common. */
export type Grounds = {
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly folder: string;
  readonly keyFile: string;
  readonly pid: () => number;
  /** How many processes share the callers of a turn. */
  readonly processes: number;
};
export type Wish = Pick<Turn, 'contender' | 'callers' | 'logs' | 'prefix' | 'warmSeconds' | 'seconds'>;

/** The driving processes. Each keeps to one contender, so that nobody runs on code that was made warm for another. */
export class Drivers {
  readonly #grounds: Grounds;
  readonly #children = new Map<string, ChildProcess>();

  constructor(grounds: Grounds) {
    this.#grounds = grounds;
  }

  /** One turn. With several processes their rates add up, and their quantiles are averaged. */
  async take(wish: Wish): Promise<Outcome> {
    const processes = Math.min(this.#grounds.processes, wish.callers);
    const shares = Array.from({ length: processes }, (_, number) => Math.floor((wish.callers + number) / processes));
    const outcomes = await Promise.all(shares.map((callers, number) => this.#ask(number, { ...wish, callers })));
    const sum = (of: (one: Outcome) => number): number => outcomes.reduce((total, one) => total + of(one), 0);
    return {
      perSecond: sum((one) => one.perSecond),
      p50: sum((one) => one.p50) / processes,
      p99: sum((one) => one.p99) / processes,
      driver: sum((one) => one.driver),
      server: sum((one) => one.server) / processes, // each saw all of it
    };
  }

  close(): void {
    for (const child of this.#children.values()) child.kill('SIGKILL');
  }

  async #ask(number: number, wish: Wish): Promise<Outcome> {
    const { ownerUrl, appUrl, folder, keyFile, pid } = this.#grounds;
    const name = `${wish.contender}-${number}`;
    const child = this.#children.get(name) ?? this.#spawn();
    this.#children.set(name, child);
    const dataDir = join(folder, `gateway-${name}`);
    mkdirSync(dataDir, { recursive: true });
    child.send({ ...wish, ownerUrl, appUrl, dataDir, keyFile, serverPid: pid() } satisfies Turn);
    return outcomeSchema.parse(await answerOf(child));
  }

  #spawn(): ChildProcess {
    return spawn(process.execPath, [fileURLToPath(new URL('driver.ts', import.meta.url))], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const over = new AbortController();
  const { signal } = over;
  try {
    const ended = once(child, 'exit', { signal }).then(([code]) => Promise.reject(new Error(`a driver ended with ${code}`)));
    const [answer] = await Promise.race([once(child, 'message', { signal }), ended]);
    return answer;
  } finally {
    over.abort();
  }
}
