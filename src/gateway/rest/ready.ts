import { messageOf } from '../../core/index.ts';
import type { GatewayParts } from '../context.ts';
import { json, type Route } from '../http.ts';

/** Whether this gateway can take actions now: it is not stopping and its database answers. 503 takes it out of rotation. */
export function ready(parts: GatewayParts, isStopping: () => boolean): Route {
  return {
    path: '/ready',
    methods: ['GET', 'HEAD'],
    always: true,
    handle: async () => {
      const database = await databaseState(parts);
      const ledger = parts.ledger.isBacklogFull() ? 'the backlog of a log is full: its actions are refused' : 'ok';
      const ok = database === 'ok' && ledger === 'ok' && !isStopping();
      return json(ok ? 200 : 503, {
        status: ok ? 'ready' : 'not ready',
        stopping: isStopping(),
        database,
        ledger,
        policy: parts.policies.builtIn.version,
      });
    },
  };
}

async function databaseState({ database }: GatewayParts): Promise<string> {
  try {
    await database.ping();
    return 'ok';
  } catch (error) {
    return messageOf(error);
  }
}
