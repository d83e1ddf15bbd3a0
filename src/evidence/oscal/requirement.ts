import type { JsonObject } from '../../core/index.ts';
import type { Judged } from './assessed.ts';
import { controlsOf, isAssessed } from './controls.ts';
import { type Context, prop } from './observation.ts';

/** What findings are about: each requirement as an objective of ours, under the first control that it bears on. */
export function objectives({ bundle, mapping }: Context): JsonObject[] {
  return bundle.requirements.filter(isAssessed).flatMap((requirement) => {
    const [control] = controlsOf(mapping, requirement);
    if (control === undefined) return [];
    const { id } = requirement;
    return [
      { 'control-id': control.id, parts: [{ id: targetOf(id), name: 'assessment-objective', prose: `The release shows \`${id}\`.` }] },
    ];
  });
}

/** What came of a requirement that was assessed. A waiver does not satisfy it: it is a risk that somebody took. */
export function finding(context: Context, requirement: Judged): JsonObject {
  const { mapping, uuid } = context;
  const { id, outcome, detail } = requirement;
  const controls = controlsOf(mapping, requirement).map((control) => prop('control', control.id, { class: control.framework }));
  return {
    uuid: uuid(`finding/${id}`),
    title: `${id}: ${outcome}`,
    description: detail,
    props: [prop('requirement', id), ...controls],
    target: {
      type: 'objective-id',
      'target-id': targetOf(id),
      title: id,
      status: { state: outcome === 'met' ? 'satisfied' : 'not-satisfied', reason: reasons[outcome] },
    },
    'related-observations': [{ 'observation-uuid': uuid(`observation/${id}`) }],
    ...(isRisk(requirement) ? { 'related-risks': [{ 'risk-uuid': uuid(`risk/${id}`) }] } : {}),
  };
}

const reasons = { met: 'pass', missing: 'fail', stale: 'fail', unmet: 'fail', waived: 'other', absent: 'other' } as const;

/** What stays open of a requirement: until it is met, or until its waiver ends. */
export function risk(context: Context, requirement: Judged): JsonObject | undefined {
  if (!isRisk(requirement)) return undefined;
  const { uuid } = context;
  const { id, detail, waiver } = requirement;
  return {
    uuid: uuid(`risk/${id}`),
    title: waiver === null ? `${id} is not met` : `${id} is waived`,
    description: detail,
    statement: waiver === null ? 'The release does not show what its contract asks for.' : (waiver.reason ?? 'The reason has been erased.'),
    ...(waiver === null ? {} : { props: waiverProps(waiver) }),
    status: waiver === null ? 'open' : 'deviation-approved',
    ...(waiver === null ? {} : { deadline: waiver.expiresAt }),
    ...remediations(context, requirement),
    'related-observations': [{ 'observation-uuid': uuid(`observation/${id}`) }],
  };
}

function isRisk({ outcome }: Judged): boolean {
  return outcome !== 'met' && outcome !== 'absent';
}

function waiverProps({ owner, seq, entryId }: NonNullable<Judged['waiver']>): JsonObject[] {
  return [prop('waiver-owner', owner), prop('waiver-seq', String(seq)), prop('waiver-entry', entryId)];
}

function remediations({ uuid }: Context, { id, obtain }: Judged): JsonObject {
  if (obtain === null) return {};
  const response = { uuid: uuid(`remediation/${id}`), lifecycle: 'recommendation', title: `Obtain ${id}`, description: obtain };
  return { remediations: [response] };
}

/** `:` may not be in an identifier of OSCAL; a kind of item has no dot, so nothing becomes equal. */
function targetOf(id: string): string {
  return id.replace(':', '.');
}
