import { tenantId } from '../../src/core/index.ts';
import { Drivers } from './drivers.ts';
import { fillTo } from './fill.ts';
import { type Goal, median, print } from './goals.ts';
import type { Ground } from './ground.ts';
import type { BenchOptions } from './options.ts';
import { relationSizes } from './sizes.ts';
import type { Outcome } from './turn.ts';

const CALLERS = 64;
const SMALL = 10_000;
const WARM_SECONDS = 0.7;
const ways = ['append', 'record'] as const;
type Way = (typeof ways)[number];

/**
 * The rate of appending to a log as it grows. Every turn has a neighbour: the same on another log of ten thousand entries in the same
 * database, so that a slower hour of the machine is not taken for the growth's cost.
 */
export class Growth {
  readonly #ground: Ground;
  readonly #options: BenchOptions;
  readonly #drivers: Drivers;
  #controlFilled = false;

  constructor(ground: Ground, options: BenchOptions) {
    this.#ground = ground;
    this.#options = options;
    this.#drivers = new Drivers({ ...ground, processes: options.processes });
  }

  /** Measures both logs by turns, and says what an entry takes on disk. */
  async measure(size: number): Promise<Goal[]> {
    if (!this.#controlFilled) await fillTo(this.#ground, tenantId('control-0'), SMALL);
    this.#controlFilled = true;
    await this.#printSizes(size);
    const goals: Goal[] = [];
    for (const way of ways) goals.push(...(await this.#compare(way, size)));
    return goals;
  }

  close(): void {
    this.#drivers.close();
  }

  async #compare(way: Way, size: number): Promise<Goal[]> {
    const pairs: { grown: Outcome; control: Outcome }[] = [];
    for (let round = 0; round < this.#options.rounds; round += 1) {
      pairs.push({ grown: await this.#take(way, 'grown'), control: await this.#take(way, 'control') });
    }
    const ratio = median(pairs.map(({ grown, control }) => grown.perSecond / control.perSecond));
    const [grown, control] = [median(pairs.map((pair) => pair.grown.perSecond)), median(pairs.map((pair) => pair.control.perSecond))];
    print(
      `  ${way}, ${CALLERS} callers: ${grown.toFixed(0)} a second, beside it a log of ${SMALL} ${control.toFixed(0)}, × ${ratio.toFixed(2)}`,
    );
    if (size <= SMALL) return [];
    const what = `${way}: rate at ${size.toLocaleString('en')} entries : at ${SMALL.toLocaleString('en')}`;
    return [{ what, measured: ratio, limit: 0.9, best: 'most', unit: '×' }];
  }

  #take(way: Way, prefix: string): Promise<Outcome> {
    const { seconds } = this.#options;
    return this.#drivers.take({ contender: way, callers: CALLERS, logs: 1, prefix, warmSeconds: WARM_SECONDS, seconds });
  }

  /** Before anything is appended: then there is the log, and a control of ten thousand. */
  async #printSizes(size: number): Promise<void> {
    const sizes = await relationSizes(this.#ground.ownerUrl);
    const each = (bytes: number): string => (bytes / (size + SMALL)).toFixed(0);
    const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    print(`  ${each(total)} bytes an entry on disk: ${sizes.map(({ name, bytes }) => `${name} ${each(bytes)}`).join(', ')}`);
  }
}
