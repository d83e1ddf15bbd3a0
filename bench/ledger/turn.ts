import { z } from 'zod';

const contenders = ['raw', 'append', 'record'] as const;

/** One measurement: a contender, so many callers at once, for so long. */
export const turnSchema = z.strictObject({
  contender: z.enum(contenders),
  callers: z.int(),
  /** Over how many logs the callers spread. */
  logs: z.int(),
  /** Begins the names of the logs; each has the name of its number behind it. */
  prefix: z.string(),
  warmSeconds: z.number(),
  seconds: z.number(),
  ownerUrl: z.string(),
  appUrl: z.string(),
  /** Of the process that drives: its gateway's data folder. */
  dataDir: z.string(),
  keyFile: z.string(),
  /** The postmaster, whose CPU and children's is measured beside. */
  serverPid: z.int(),
});
export type Turn = z.infer<typeof turnSchema>;

/** Latencies in milliseconds; CPU seconds a second of the driving process and of the server. */
export const outcomeSchema = z.strictObject({
  perSecond: z.number(),
  p50: z.number(),
  p99: z.number(),
  driver: z.number(),
  server: z.number(),
});
export type Outcome = z.infer<typeof outcomeSchema>;
