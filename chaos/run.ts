import { parseArgs } from 'node:util';
import { type Break, breaks, chaosLedger, faultName, isBreak, jsonOf, linesOf } from './ledger/index.ts';

/** `npm run chaos -- ledger --rounds 200 [--seed n] [--seconds-per-round s] [--break what] [--json]`: exits 1 with the first contradiction, and after a break. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    'seconds-per-round': { type: 'string', default: '0.8' },
    break: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const wanted = values.break;
if (positionals[0] !== 'ledger' || (wanted !== undefined && !isBreak(wanted))) {
  process.stderr.write(
    `error: nothing to do\n  → npm run chaos -- ledger [--rounds n] [--seed n] [--json] [--break ${breaks.join(' | ')}]\n`,
  );
  process.exitCode = 2;
} else {
  process.exitCode = await chaos(wanted === undefined ? [] : [wanted]);
}

/** Asked to end: what was started is ended, and what was seen is told. */
function onEnd(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());
  return stop.signal;
}

async function chaos(damage: readonly Break[]): Promise<number> {
  const rounds = Number(values.rounds);
  const { report, controls } = await chaosLedger({
    rounds,
    seed: Number(values.seed),
    secondsPerRound: Number(values['seconds-per-round']),
    breaks: damage,
    signal: onEnd(),
    onRound: (round, { kind, held, milliseconds }) =>
      say(
        `${String(round).padStart(4)}/${rounds}  ${faultName[kind]}${held ? ', lock held' : ''}: silent for ${milliseconds.toFixed(0)} ms`,
      ),
  });
  say('', ...linesOf(report));
  if (values.json) process.stdout.write(`${JSON.stringify(jsonOf(report), null, 2)}\n`);
  for (const [kind, { found }] of controls)
    say('', `after \`${kind}\`, which was done on purpose:`, ...found.map((one) => `  ${one.kind} in ${one.log}: ${one.message}`));
  return report.contradictions.length + controls.size === 0 ? 0 : 1;
}

/** With `--json` stdout is the report alone. */
function say(...lines: readonly string[]): void {
  const stream = values.json ? process.stderr : process.stdout;
  stream.write(lines.map((line) => `${line}\n`).join(''));
}
