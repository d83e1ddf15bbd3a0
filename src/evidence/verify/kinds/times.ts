import { z } from 'zod';

/** RFC 3339 in UTC. */
export const utc = z.iso.datetime({ error: 'must be a time in UTC' });
