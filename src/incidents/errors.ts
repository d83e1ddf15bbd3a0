import { CodedError } from '../core/index.ts';

export type IncidentErrorCode = 'incident.adapter_unknown' | 'incident.payload_invalid' | 'incident.agent_refused';

export class IncidentError extends CodedError<IncidentErrorCode> {}
