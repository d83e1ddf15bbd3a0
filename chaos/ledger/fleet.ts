import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromLoad, type LoadSettings, type ToLoad } from './messages.ts';
import type { Pulse } from './pulse.ts';

type Member = { readonly child: ChildProcess; readonly ended: Promise<void> };

/**
 * The load processes, by number. A spare one, with its modules loaded, always waits for its turn, so that a killed one is
 * replaced at once and the machine's cores are for the load.
 */
export class Fleet {
  readonly #members = new Map<number, Member>();
  readonly #settingsOf: (slot: number) => LoadSettings;
  readonly #pulse: Pulse;
  #spare: Member;

  constructor(settingsOf: (slot: number) => LoadSettings, pulse: Pulse, folder: string) {
    this.#settingsOf = settingsOf;
    this.#pulse = pulse;
    this.#folder = folder;
    this.#spare = this.#spawn();
  }
  readonly #folder: string;

  get slots(): readonly number[] {
    return [...this.#members.keys()];
  }

  /** Starts the load process of a number, or its successor. */
  start(slot: number): void {
    const member = this.#spare;
    this.#spare = this.#spawn();
    this.#members.set(slot, member);
    member.child.on('message', (raw) => {
      const message = fromLoad.parse(raw);
      if (message.kind === 'acknowledged') this.#pulse.beat(slot, message.logs);
    });
    tell(member, { kind: 'go', settings: this.#settingsOf(slot) });
    // One that could not start, because the database was away, is tried again as whatever runs a gateway would do.
    member.child.once('exit', (code) => {
      if (code === 1 && this.#members.get(slot) === member) this.start(slot);
    });
  }

  /** kill -9, and waits until the process is gone. */
  async kill(slot: number): Promise<void> {
    const member = this.#members.get(slot);
    this.#members.delete(slot);
    member?.child.kill('SIGKILL');
    await member?.ended;
  }

  freeze(slot: number): void {
    this.#members.get(slot)?.child.kill('SIGSTOP');
  }

  thaw(slot: number): void {
    this.#members.get(slot)?.child.kill('SIGCONT');
  }

  /** Lets everyone finish what was begun; false when some could not in time, and were killed. */
  async finish(milliseconds: number): Promise<boolean> {
    for (const member of this.#members.values()) tell(member, { kind: 'finish' });
    const late = setTimeout(() => this.killAll(), milliseconds);
    await Promise.all([...this.#members.values()].map(({ ended }) => ended));
    clearTimeout(late);
    const inTime = [...this.#members.values()].every(({ child }) => child.exitCode === 0);
    this.killAll();
    return inTime;
  }

  killAll(): void {
    for (const { child } of [this.#spare, ...this.#members.values()]) child.kill('SIGKILL');
  }

  #spawn(): Member {
    const log = openSync(join(this.#folder, 'load.log'), 'a');
    const child = spawn(process.execPath, [fileURLToPath(new URL('load.ts', import.meta.url))], {
      stdio: ['ignore', log, log, 'ipc'],
      env: { ...process.env, NODE_COMPILE_CACHE: join(this.#folder, 'compiled') },
    });
    closeSync(log);
    child.on('error', () => undefined); // writing to one that was just killed; its end is what counts
    return { child, ended: new Promise((resolve) => child.once('exit', () => resolve())) };
  }
}

function tell({ child }: Member, message: ToLoad): void {
  if (child.connected) child.send(message);
}
