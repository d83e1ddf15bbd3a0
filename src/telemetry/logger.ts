import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** Where secrets might ride along: never written, whatever the level. */
const secrets = [
  'authorization',
  'cookie',
  'token',
  'password',
  'secret',
  'headers.authorization',
  'headers.cookie',
  '*.authorization',
  '*.token',
  '*.password',
  '*.secret',
];

/** JSON lines on stdout, one event each; errors with their code and cause. */
export function createLogger(level: string = 'info', destination?: DestinationStream): Logger {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: { paths: secrets, censor: '[secret]' } };
  return destination === undefined ? pino(options) : pino(options, destination);
}
