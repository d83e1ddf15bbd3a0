import { join } from 'node:path';
import { canonicalBytes } from '../../src/core/index.ts';
import { PolicyEngine, readBundle } from '../../src/policy/index.ts';
import { type BenchInput, inputs } from '../inputs.ts';
import { type Summary, summarise } from '../statistics.ts';
import { cedarLacks, decideWithCedar, toCedar } from './cedar.ts';
import { contestants, engineAlone, measureInTurns, type Samples } from './in-process.ts';
import { load, startOpa } from './opa-server.ts';
import { tenfold } from './tenfold.ts';

const policies = join(import.meta.dirname, '..', '..', 'policies');
const REQUESTS = 12_000;

/** A number beside the goal it is held against. */
type Goal = {
  readonly what: string;
  readonly measured: number;
  readonly limit: number;
  readonly best: 'least' | 'most';
  readonly unit: string;
};

/** Our engine beside the bare Wasm and Cedar, in this process. */
export async function benchDecide(): Promise<void> {
  report(await measure());
}

/** The same, then OPA's server and ten times the rules. */
export async function benchPolicy(): Promise<void> {
  const goals = report(await measure());
  goals.push(...(await againstServer()), await withTenfold());
  print('', ...goals.map(goalLine));
}

async function measure(): Promise<Samples> {
  const bundle = readBundle(join(policies, 'dist'));
  await assertAnswers(await PolicyEngine.load(bundle));
  const all = await contestants(bundle);
  const disagreeing = inputs.filter((one) => (decideWithCedar(toCedar(one.input)) === 'allow') !== (one.result === 'ALLOW'));
  print(`policy ${bundle.manifest.revision}, ${bundle.manifest.rules.length} rules; µs a decision, 10,000 each, in turns of 50`);
  print(...cedarLacks, `  it answers ${inputs.length - disagreeing.length} of the ${inputs.length} inputs as we do`);
  return measureInTurns(all, inputs);
}

async function assertAnswers(engine: PolicyEngine): Promise<void> {
  for (const { name, input, result } of inputs) {
    const { verdict } = engine.decide(input);
    if (verdict.result !== result) throw new Error(`\`${name}\` is ${verdict.result} by ${verdict.ruleId}, expected is ${result}`);
  }
}

function report(samples: Samples): Goal[] {
  const names = [...samples.keys()];
  print('', `${''.padEnd(38)}${names.map((name) => `${name} p50/p95/p99`.padStart(28)).join('')}${'engine : bare'.padStart(15)}`);
  for (const one of inputs) {
    const of = names.map((name) => summarise(samples.get(name)?.get(one) ?? []));
    const label = `${one.name}, ${sizeOf(one)} B`;
    print(`${label.padEnd(38)}${of.map((summary) => cell(summary).padStart(28)).join('')}${ratioOf(of[0], of[2]).padStart(15)}`);
  }
  const mean = (name: string): number => average([...(samples.get(name)?.values() ?? [])].flat());
  print(`${'decisions a second, all inputs'.padEnd(38)}${names.map((name) => perSecond(mean(name)).padStart(28)).join('')}`);
  const twoKilobytes = inputs.find(({ name }) => name.endsWith('2 KB')) ?? inputs[0];
  const ours = summarise((twoKilobytes && samples.get('engine')?.get(twoKilobytes)) ?? []);
  return [
    { what: 'p99 of a decision at 2 KB', measured: ours.p99, limit: 100, best: 'least', unit: ' µs' },
    {
      what: 'time of the engine : bare opa-wasm, all inputs',
      measured: mean('engine') / mean('bare opa-wasm'),
      limit: 1.5,
      best: 'least',
      unit: '×',
    },
  ];
}

async function againstServer(): Promise<Goal[]> {
  const engine = await PolicyEngine.load(readBundle(join(policies, 'dist')));
  const server = await startOpa(policies);
  try {
    await load(server.port, 16, REQUESTS / 4, inputs);
    throughput(engine); // both are warm now
    print('', `OPA's server, the same inputs in rotation, as a client in this process sees it (keep-alive, JSON both ways)`);
    const goals: Goal[] = [];
    for (const [clients, limit] of [
      [1, 15],
      [16, 5],
    ] as const) {
      const ours = throughput(engine);
      const { times, perSecond: theirs } = await load(server.port, clients, REQUESTS, inputs);
      const clientsText = `${clients} ${clients === 1 ? 'client' : 'clients'}`;
      print(
        `${clientsText.padEnd(12)}${cell(summarise(times))} µs   ${theirs.toFixed(0)} a second; the engine beside it: ${ours.toFixed(0)} a second`,
      );
      goals.push({ what: `throughput : OPA's server, ${clientsText}`, measured: ours / theirs, limit, best: 'most', unit: '×' });
    }
    return goals;
  } finally {
    await server.stop();
  }
}

/** Decisions a second of one thread, the inputs in rotation. */
function throughput(engine: PolicyEngine): number {
  const started = process.hrtime.bigint();
  for (let round = 0; round < REQUESTS; round += inputs.length) for (const { input } of inputs) engine.decide(input);
  return REQUESTS / (Number(process.hrtime.bigint() - started) / 1e9);
}

async function withTenfold(): Promise<Goal> {
  const [one, ten] = [readBundle(join(policies, 'dist')), await tenfold(policies)];
  const samples = measureInTurns([await engineAlone('today', one), await engineAlone('tenfold', ten)], inputs);
  print(
    '',
    `with ten times the domains and their rules: ${one.manifest.rules.length} rules today, ${ten.manifest.rules.length} then; p50 in µs`,
  );
  const ratios = inputs.map((input) => {
    const [today, then] = ['today', 'tenfold'].map((name) => summarise(samples.get(name)?.get(input) ?? []));
    print(`${input.name.padEnd(38)}${today?.p50.toFixed(1).padStart(8)}${then?.p50.toFixed(1).padStart(8)}   × ${ratioOf(then, today)}`);
    return (then?.p50 ?? Number.NaN) / (today?.p50 ?? Number.NaN);
  });
  return { what: 'cost with ten times the rules : today (p50)', measured: average(ratios), limit: 1.1, best: 'least', unit: '×' };
}

function goalLine({ what, measured, limit, best, unit }: Goal): string {
  const met = best === 'least' ? measured <= limit : measured >= limit;
  const goal = `goal ${best === 'least' ? '≤' : '≥'} ${limit}${unit}`;
  return `${what.padEnd(50)}${`${measured.toFixed(2)}${unit}`.padStart(12)}   ${goal.padEnd(16)}${met ? 'met' : 'NOT MET'}`;
}

const cell = ({ p50, p95, p99 }: Summary): string => [p50, p95, p99].map((value) => value.toFixed(1)).join(' / ');
const ratioOf = (one?: Summary, other?: Summary): string => ((one?.p50 ?? Number.NaN) / (other?.p50 ?? Number.NaN)).toFixed(2);
const perSecond = (micros: number): string => (1e6 / micros).toFixed(0);
const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const sizeOf = ({ input }: BenchInput): number => canonicalBytes(input).length;

function print(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
