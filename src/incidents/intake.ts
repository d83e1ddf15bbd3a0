import { serviceActor, serviceContext } from '../auth/index.ts';
import type { TenantId } from '../core/index.ts';
import type { Kernel, Outcome } from '../govern/index.ts';
import { type AlertmanagerAlert, groupKeyOf, parseAlertmanager } from './alertmanager.ts';

/** Go's zero time: Alertmanager's way of saying that an alert has not ended. */
const NOT_ENDED = '0001-01-01T00:00:00Z';

/**
 * Takes in one delivery, alert by alert, each a governed action. When one of them fails the whole delivery fails and will
 * come again; what was taken in by then is recognised.
 *
 * @throws IncidentError `incident.payload_invalid`; whatever `Kernel.govern` throws
 */
export async function receiveDelivery(kernel: Kernel, tenant: TenantId, source: string, body: unknown): Promise<readonly Outcome[]> {
  const delivery = parseAlertmanager(body);
  const identity = { actor: serviceActor(tenant, `alertmanager-${source}`), context: serviceContext('webhook') };
  const groupKey = groupKeyOf(`alertmanager:${source}`, delivery.groupKey);
  const outcomes: Outcome[] = [];
  for (const alert of delivery.alerts) {
    outcomes.push(
      await kernel.govern('alert.receive', { identity, args: { source: `alertmanager:${source}`, groupKey, ...received(alert) } }),
    );
  }
  return outcomes;
}

function received({ fingerprint, status, startsAt, endsAt, labels, annotations }: AlertmanagerAlert): object {
  const ended = endsAt === undefined || endsAt === NOT_ENDED || status === 'firing' ? null : endsAt;
  return { fingerprint, status, startsAt, endsAt: ended, labels, annotations };
}
