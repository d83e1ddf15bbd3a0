import { once } from 'node:events';
import type { Command } from 'commander';
import { loadConfig } from '../../config/index.ts';
import { print, run } from '../report.ts';

/** `countersign start`: serves until SIGTERM or SIGINT, then finishes what is under way. */
export function startCommand(program: Command): void {
  program
    .command('start')
    .description('serve the gateway until SIGTERM or Ctrl-C')
    .action(() =>
      run(async () => {
        const config = loadConfig();
        const { startCountersign } = await import('../../main.ts'); // a mistake in the configuration is told without it
        const running = await startCountersign(config);
        print(`countersign listens on ${running.url} (${config.mode}, policy ${running.policyRevision}, ${running.dataDescription})`);
        if (running.issuer !== undefined) {
          print(`  GraphiQL   ${running.url}/graphql`);
          print(`  dev issuer ${running.issuer}    a token: countersign token --as responder`);
        }
        await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
        print('stopping: finishing what is under way');
        await running.stop();
      }),
    );
}
