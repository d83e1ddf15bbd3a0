/** One alert as Alertmanager delivers it. */
export type TestAlert = {
  readonly status: 'firing' | 'resolved';
  readonly labels: { readonly [name: string]: string };
  readonly annotations: { readonly [name: string]: string };
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
};

export function alert(over: Partial<TestAlert> = {}): TestAlert {
  return {
    status: 'firing',
    labels: { alertname: 'HighLatency', service: 'checkout', severity: 'warning' },
    annotations: { summary: 'checkout answers slowly' },
    startsAt: '2026-03-02T09:58:00.123Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus.example/graph',
    fingerprint: 'a1b2c3d4e5f60718',
    ...over,
  };
}

/** A delivery of version 4, with the keys that newer versions add. */
export function delivery(groupKey: string, ...alerts: readonly object[]): object {
  return {
    version: '4',
    groupKey,
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'countersign',
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example',
    notification_reason: 'a key of a newer version',
    routeLabels: {},
    alerts,
  };
}
