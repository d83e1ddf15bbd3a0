import { summarise } from '../statistics.ts';
import { type Contender, openContender } from './contenders.ts';
import { type Outcome, turnSchema } from './turn.ts';

/** A process that takes turns: opens the contender, warms up, asks for so long, and says what it measured. */
process.on('disconnect', () => process.exit(1));
process.on('message', async (raw) => {
  const turn = turnSchema.parse(raw);
  const contender = await openContender(turn);
  await drive(contender, turn.callers, turn.warmSeconds);
  const outcome = await drive(contender, turn.callers, turn.seconds);
  await contender.close();
  process.send?.(outcome);
});

async function drive({ ask }: Contender, callers: number, seconds: number): Promise<Outcome> {
  const times: number[] = [];
  const [started, before] = [performance.now(), process.cpuUsage()];
  const until = started + seconds * 1_000;
  const caller = async (number: number): Promise<void> => {
    for (let from = performance.now(); from < until; ) {
      await ask(number);
      const now = performance.now();
      if (now <= until) times.push(now - from);
      from = now;
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, number) => caller(number)));
  const { user, system } = process.cpuUsage(before);
  const cpu = (user + system) / 1_000 / (performance.now() - started);
  const { p50, p99 } = summarise(times);
  return { perSecond: times.length / seconds, p50, p99, cpu };
}
