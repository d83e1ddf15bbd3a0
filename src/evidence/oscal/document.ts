import type { JsonObject } from '../../core/index.ts';
import { uuidV5 } from '../uuid.ts';
import type { Assessed, Item } from './assessed.ts';
import { isAssessed, type Mapping, reviewedControls } from './controls.ts';
import { type Context, observation, prop } from './observation.ts';
import { finding, objectives, risk } from './requirement.ts';

/** The version of OSCAL whose schema the tests hold this against. */
const OSCAL_VERSION = '1.2.1';

/**
 * A bundle as an OSCAL assessment-results document (https://pages.nist.gov/OSCAL): one result, with an observation for each
 * requirement of the contract, and a finding for each that was assessed. All UUIDs are of version 5, from the manifest's digest; the
 * one time is the manifest's. So the same bundle and mapping give the same document.
 *
 * @throws EvidenceError `evidence.controls_unmapped`
 */
export function assessmentResults(bundle: Assessed, mapping: Mapping): JsonObject {
  const uuid = (path: string): string => uuidV5(`${bundle.manifestDigest}/oscal/${path}`);
  const context: Context = { bundle, mapping, uuid };
  return {
    'assessment-results': {
      uuid: uuid('document'),
      metadata: metadata(bundle),
      'import-ap': {
        href: `#${uuid('item/contract.json')}`,
        remarks: 'The contract of the release stands for the plan: it says what must be shown, and how it is judged.',
      },
      'local-definitions': { 'objectives-and-methods': objectives(context) },
      results: [result(context)],
      'back-matter': { resources: bundle.artifacts.map((item) => resource(context, item)) },
    },
  };
}

function metadata({ release, at, manifestDigest, commit, kind }: Assessed): JsonObject {
  return {
    title: `Evidence of release ${release}`,
    'last-modified': at,
    version: release,
    'oscal-version': OSCAL_VERSION,
    props: [prop('manifest', manifestDigest), prop('commit', commit), prop('release-kind', kind)],
  };
}

function result(context: Context): JsonObject {
  const { bundle, uuid } = context;
  const risks = bundle.requirements.flatMap((requirement) => risk(context, requirement) ?? []);
  return {
    uuid: uuid('result'),
    title: `The contract applied to release ${bundle.release}`,
    description: `What \`ig-evidence\` found when it held the items of the bundle against its contract: ${bundle.result}.`,
    start: bundle.at,
    end: bundle.at,
    props: [prop('verdict', bundle.result)],
    'local-definitions': localDefinitions(context),
    'reviewed-controls': { 'control-selections': selections(context) },
    observations: bundle.requirements.map((requirement) => observation(context, requirement)),
    ...(risks.length === 0 ? {} : { risks }),
    findings: bundle.requirements.filter(isAssessed).map((requirement) => finding(context, requirement)),
  };
}

/** The release that is assessed, and the tool that assesses it: observations refer to both. */
function localDefinitions({ bundle, uuid }: Context): JsonObject {
  const component = (path: string, title: string, description: string): JsonObject => {
    return { uuid: uuid(path), type: 'software', title, description, status: { state: 'operational' } };
  };
  return {
    components: [component('release', bundle.release, `The release, built from commit ${bundle.commit}.`)],
    'assessment-assets': {
      components: [component('tool', 'ig-evidence', 'Builds bundles of evidence and applies contracts to them.')],
      'assessment-platforms': [{ uuid: uuid('platform'), title: 'ig-evidence', 'uses-components': [{ 'component-uuid': uuid('tool') }] }],
    },
  };
}

function selections({ bundle, mapping }: Context): JsonObject[] {
  return [...reviewedControls(mapping, bundle)].map(([framework, ids]) => ({
    description: mapping.frameworks[framework]?.title ?? framework,
    props: [prop('framework', framework)],
    ...links(mapping, framework),
    'include-controls': ids.map((id) => ({ 'control-id': id })),
  }));
}

function links({ frameworks }: Mapping, framework: string): JsonObject {
  const source = frameworks[framework]?.source;
  return source === undefined ? {} : { links: [{ href: source, rel: 'reference' }] };
}

/** A file of the bundle, by its name beside the manifest and its digest. */
function resource({ uuid }: Context, { name, kind, sha256, mediaType }: Item): JsonObject {
  return {
    uuid: uuid(`item/${name}`),
    title: name,
    props: [prop('kind', kind)],
    rlinks: [{ href: name, 'media-type': mediaType, hashes: [{ algorithm: 'SHA-256', value: sha256 }] }],
  };
}
