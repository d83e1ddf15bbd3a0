import { summarise } from '../statistics.ts';
import { type Contender, openContender } from './contenders.ts';
import { cpuSecondsOf } from './cpu.ts';
import { type Outcome, type Turn, turnSchema } from './turn.ts';

/** A process that takes turns: opens the contender, warms up, asks for so long, and says what it measured. */
process.on('disconnect', () => process.exit(1));
process.on('message', async (raw) => {
  const turn = turnSchema.parse(raw);
  const contender = await openContender(turn);
  await drive(contender, turn, turn.warmSeconds);
  const outcome = await drive(contender, turn, turn.seconds);
  await contender.close();
  process.send?.(outcome);
});

async function drive({ ask }: Contender, { callers, serverPid }: Turn, seconds: number): Promise<Outcome> {
  const times: number[] = [];
  const [started, driverBefore, serverBefore] = [performance.now(), process.cpuUsage(), cpuSecondsOf(serverPid)];
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
  const took = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(driverBefore);
  const server = (cpuSecondsOf(serverPid) - serverBefore) / took; // before connections close: what ends may be counted twice or not
  const { p50, p99 } = summarise(times);
  return { perSecond: times.length / seconds, p50, p99, driver: (user + system) / 1e6 / took, server };
}
