import { describe, expect, it } from 'vitest';
import { collect, fixture, kindOf, refusal } from './collected.ts';

const parse = (file: string) => JSON.parse(fixture(file).toString('utf8'));
const why = (kind: string, content: unknown) => refusal(kind, content)[1].replace(/^.*? is not [^:]*: /, '');
const passed = (kind: string, content: unknown) => {
  const { statement } = kindOf(kind);
  return statement.form === 'test-result' && statement.passed(collect(kind, content));
};

describe('an SBOM', () => {
  const npm = parse('sbom-cyclonedx/npm.json');
  const spdx = parse('sbom-spdx/npm.json');

  it('of another version or form is refused', () => {
    expect(why('sbom-cyclonedx', { ...npm, specVersion: '1.3' })).toBe(
      'invalid option: expected one of "1.4"|"1.5"|"1.6"|"1.7" at `$.specVersion`',
    );
    expect(why('sbom-cyclonedx', { ...npm, specVersion: '2.0' })).toMatch(/at `\$\.specVersion`$/);
    expect(why('sbom-cyclonedx', spdx)).toMatch(/^invalid input: expected "CycloneDX" at `\$\.bomFormat`/);
    expect(why('sbom-spdx', npm)).toMatch(/^invalid input: expected "SPDX-2\.3" at `\$\.spdxVersion`/);
    expect(why('sbom-spdx', { ...spdx, spdxVersion: 'SPDX-3.0' })).toBe('invalid input: expected "SPDX-2.3" at `$.spdxVersion`');
    expect(why('sbom-cyclonedx', { ...npm, components: [{ type: 'library' }] })).toBe(
      'invalid input: expected string, received undefined at `$.components[0].name`',
    );
  });

  it('keeps time and number where others refer to them, and gives its own time', () => {
    const other = { ...npm, metadata: { ...npm.metadata, tools: [{ vendor: 'acme', name: 'cli' }] } };
    const item = collect('sbom-cyclonedx', other);
    expect(JSON.parse(item.bytes.toString('utf8'))).toEqual(other);
    expect(item.madeAt).toBe(npm.metadata.timestamp);
    const { timestamp: _, ...undated } = other.metadata;
    expect(collect('sbom-cyclonedx', { ...other, metadata: undated }).madeAt).toBeNull();
    const theirs = { ...spdx, creationInfo: { created: '2025-12-31T00:00:00Z', creators: ['Tool: acme-1'] } };
    expect(JSON.parse(collect('sbom-spdx', theirs).bytes.toString('utf8'))).toEqual(theirs);
    expect(collect('sbom-spdx', theirs).madeAt).toBe('2025-12-31T00:00:00.000Z');
  });

  it('that npm or syft made is the same in every run, whatever the order of its lists and the folder', () => {
    for (const tool of ['npm', 'syft']) {
      const sbom = parse(`sbom-cyclonedx/${tool}.json`);
      const again = {
        ...sbom,
        serialNumber: 'urn:uuid:00000000-0000-4000-8000-000000000000',
        metadata: { ...sbom.metadata, timestamp: '2030-01-01T00:00:00Z' },
        components: sbom.components.toReversed(),
        dependencies: sbom.dependencies
          .toReversed()
          .map((item: { dependsOn?: string[] }) => ({ ...item, dependsOn: item.dependsOn?.toReversed() })),
      };
      expect(collect('sbom-cyclonedx', again)).toEqual(collect('sbom-cyclonedx', sbom));
      const other = parse(`sbom-spdx/${tool}.json`);
      const anew = {
        ...other,
        documentNamespace: other.documentNamespace.replace(/[0-9a-f-]{36}$/, '00000000-0000-4000-8000-000000000000'),
        creationInfo: { ...other.creationInfo, created: '2030-01-01T00:00:00Z' },
        packages: other.packages.toReversed(),
        relationships: other.relationships.toReversed(),
      };
      expect(collect('sbom-spdx', anew)).toEqual(collect('sbom-spdx', other));
    }
    const moved = { ...npm, metadata: { ...npm.metadata, component: { ...npm.metadata.component, name: 'another-folder' } } };
    expect(collect('sbom-cyclonedx', moved)).toEqual(collect('sbom-cyclonedx', npm));
  });

  it('counts what has a license', () => {
    const packages = ['NONE', 'NOASSERTION', 'MIT', undefined].map((licenseDeclared, index) => ({
      SPDXID: `p${index}`,
      name: 'n',
      licenseDeclared,
      licenseConcluded: 'NOASSERTION',
    }));
    expect(collect('sbom-spdx', { ...spdx, packages }).summary).toEqual({ packages: 4, licensed: 1 });
    const components = [{ licenses: [] }, {}, { licenses: [{ license: { id: 'MIT' } }] }].map((item) => ({
      type: 'library',
      name: 'n',
      ...item,
    }));
    const vulnerabilities = [{ id: 'CVE-1' }];
    expect(collect('sbom-cyclonedx', { ...npm, components, vulnerabilities }).summary).toEqual({
      components: 3,
      licensed: 1,
      vulnerabilities: 1,
    });
  });
});

describe('provenance', () => {
  const statement = parse('provenance/github-statement.json');

  it('is the same with and without the statement around it', () => {
    expect(collect('provenance', statement.predicate)).toEqual(collect('provenance', statement));
  });

  it('of another form is refused', () => {
    expect(why('provenance', { ...statement, predicateType: 'https://slsa.dev/provenance/v0.2' })).toBe(
      'invalid input: expected "https://slsa.dev/provenance/v1" at `$.predicateType`',
    );
    const { buildDefinition, runDetails } = statement.predicate;
    expect(why('provenance', { buildDefinition })).toBe('invalid input: expected object, received undefined at `$.runDetails`');
    expect(why('provenance', { buildDefinition, runDetails: { builder: { id: '' } } })).toBe(
      'too small: expected string to have >=1 characters at `$.runDetails.builder.id`',
    );
    expect(why('provenance', { buildDefinition: { ...buildDefinition, resolvedDependencies: [{ name: 'x' }] }, runDetails })).toBe(
      'expected `uri`, `digest` or `content` at `$.buildDefinition.resolvedDependencies[0]`',
    );
  });
});

describe('k6', () => {
  it('says nothing of what was not measured', () => {
    expect(collect('k6', { metrics: { iterations: { count: 3, rate: 1, thresholds: { 'count>2': false } } } }).summary).toEqual({
      thresholds: 1,
      thresholdsFailed: 0,
      checks: 0,
      checksFailed: 0,
      requests: 0,
    });
  });

  it('is refused where it does not say which thresholds held', () => {
    expect(why('k6', fixture('k6/machine-readable.json'))).toBe(
      'this form of summary does not say which thresholds held; run k6 without `--new-machine-readable-summary`',
    );
    const none = 'it has no threshold, which would say whether the test passed';
    expect(why('k6', { metrics: {} })).toBe(none);
    expect(why('k6', { metrics: { http_reqs: { count: 1, thresholds: {} } } })).toBe(none);
    expect(why('k6', { metrics: { http_reqs: { type: 'counter', contains: 'default', values: { count: 1 } } } })).toBe(none);
  });

  it('is refused with values that cannot be', () => {
    expect(why('k6', { metrics: { http_req_failed: { value: 1.5, thresholds: { 'rate<1': true } } } })).toBe(
      'too big: expected number to be <=1 at `$`',
    );
    expect(why('k6', { metrics: { checks: { passes: -1, fails: 0 } } })).toBe(
      'too small: expected number to be >=0 at `$.metrics.checks.passes`',
    );
    expect(why('k6', { metrics: { a: { count: 1, thresholds: { x: 'no' } } } })).toBe(
      'invalid input: expected boolean, received string at `$.metrics.a.thresholds.x`',
    );
  });
});

describe('a canary analysis', () => {
  const kayenta = parse('canary/kayenta.json');
  const argo = parse('canary/analysis-run.json');

  it('passes by the judgement alone', () => {
    const judged = (classification: string) => ({
      ...kayenta.result,
      judgeResult: { ...kayenta.result.judgeResult, score: { score: 95, classification } },
    });
    expect(passed('canary', judged('Pass'))).toBe(true);
    expect(passed('canary', { ...kayenta, result: judged('Pass') })).toBe(true);
    expect(passed('canary', judged('Fail'))).toBe(false);
    for (const phase of ['Failed', 'Error', 'Inconclusive'])
      expect(passed('canary', { ...argo, status: { ...argo.status, phase } })).toBe(false);
  });

  it('that came to no judgement is refused', () => {
    expect(why('canary', { ...kayenta, complete: false, status: 'running' })).toBe('the analysis came to no judgement, it is `running`');
    expect(why('canary', { ...kayenta, result: undefined, status: 'terminal' })).toBe(
      'the analysis came to no judgement, it is `terminal`',
    );
    expect(why('canary', { ...argo, status: { phase: 'Running' } })).toBe('the analysis came to no judgement, it is `Running`');
    expect(why('canary', { ...argo, apiVersion: 'v1' })).toBe('invalid input: expected "argoproj.io/v1alpha1" at `$.apiVersion`');
  });

  it('of Argo scores the metrics that count', () => {
    const metric = (phase: string) => ({ name: phase, phase });
    const metricResults = [metric('Successful'), metric('Failed'), metric('Inconclusive')];
    expect(collect('canary', { ...argo, status: { phase: 'Failed', metricResults } }).summary).toEqual({
      score: 33.33,
      metrics: 3,
      metricsFailed: 2,
    });
    expect(collect('canary', { ...argo, status: { phase: 'Successful' } }).summary).toEqual({ score: 0, metrics: 0, metricsFailed: 0 });
  });
});
