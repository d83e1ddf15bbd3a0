/**
 * The nearest that Cedar's language comes to policies/rules: a `permit` for each grant, a `forbid` for each requirement, under
 * the ids of the rules. What needs a quantifier over records (four eyes) or the length of a trimmed text (justification) the
 * caller works out and passes as a boolean.
 */
export const cedarPolicies: Readonly<Record<string, string>> = {
  'alert.service_grant': 'permit (principal in Role::"service", action == Action::"alert.receive", resource);',
  'flag.role_grant': granted(['org-admin', 'sre'], ['flag.set']),
  'incident.role_grant': granted(['org-admin', 'responder', 'sre'], ['incident.acknowledge', 'incident.resolve']),
  'ledger.role_grant': granted(['auditor', 'org-admin', 'responder', 'sre'], ['ledger.read_entry', 'ledger.read_timeline']),
  'orchestration.role_grant': granted(
    ['org-admin', 'responder', 'sre'],
    ['orchestration.dry_run', 'orchestration.execute', 'orchestration.propose'],
  ),
  'orchestration.role_grant.approve': granted(['org-admin', 'sre'], ['orchestration.approve', 'orchestration.reject']),
  'orchestration.role_grant.record': granted(['service'], ['orchestration.record_dry_run', 'orchestration.record_outcome']),
  'policy.role_grant.publish': granted(['org-admin', 'policy-author'], ['policy.publish']),
  'policy.role_grant.rollback': granted(['org-admin', 'policy-author', 'sre'], ['policy.rollback']),

  'core.tenant_match': required([], 'principal.tenant != "" && principal.tenant == resource.tenant'),
  'core.resource_known': required([], 'resource.known'),
  'core.purpose': required(
    [],
    `principal in Role::"service" || principal.purposes.contains(resource.purpose)
      || (resource.purpose == "record" && principal.purposes.containsAny(["audit", "incident-response"]))
      || (resource.purpose == "policy" && principal.purposes.containsAny(["operations", "policy-authoring"]))`,
  ),
  'core.device_trust': required(
    ['flag.set', 'orchestration.approve', 'orchestration.execute', 'policy.publish', 'policy.rollback'],
    'context has deviceTrust && ["high", "medium"].contains(context.deviceTrust)',
  ),
  'flag.justification': required(['flag.set'], 'context.justified'),
  'incident.transition.acknowledge': required(
    ['incident.acknowledge'],
    'context.facts has incident && context.facts.incident.status == "DETECTED"',
  ),
  'incident.transition.resolve': required(['incident.resolve'], incidentOpen()),
  'orchestration.change_freeze': required(['orchestration.execute'], 'context.facts has freeze && !context.facts.freeze.active'),
  'orchestration.dry_run_fresh': required(
    ['orchestration.approve', 'orchestration.execute'],
    'context.facts has dryRun && context.facts.dryRun.ageSeconds >= 0 && context.facts.dryRun.ageSeconds <= 1800',
  ),
  'orchestration.dry_run_passed': required(
    ['orchestration.approve', 'orchestration.execute'],
    'context.facts has dryRun && context.facts.dryRun.passed',
  ),
  'orchestration.four_eyes_approve': required(['orchestration.approve'], 'context.facts.orchestration.proposedBy != principal.name'),
  'orchestration.four_eyes_execute': required(['orchestration.execute'], 'context.approvedByOthers'),
  'orchestration.incident_open': required(['orchestration.approve', 'orchestration.dry_run', 'orchestration.execute'], incidentOpen()),
  'orchestration.justification': required(['orchestration.approve', 'orchestration.propose', 'orchestration.reject'], 'context.justified'),
  'orchestration.kill_switch': required(['orchestration.execute'], 'context.facts has killSwitch && !context.facts.killSwitch'),
  'orchestration.plan_hash': required(
    ['orchestration.approve', 'orchestration.execute'],
    `context.facts has request && context.facts.request has planHash && context.facts.orchestration has planHash
      && context.facts.request.planHash == context.facts.orchestration.planHash`,
  ),
  'orchestration.stage.propose': required(['orchestration.propose'], incidentOpen()),
  'orchestration.stage.execute': required(['orchestration.execute'], 'context.facts.orchestration.status == "APPROVED"'),
  'orchestration.stage.approve': required(['orchestration.approve'], 'context.facts.orchestration.status == "DRY_RUN_PASSED"'),
  'orchestration.stage.other': required(
    ['orchestration.dry_run', 'orchestration.reject'],
    '["APPROVED", "DRY_RUN_FAILED", "DRY_RUN_PASSED", "PROPOSED"].contains(context.facts.orchestration.status)',
  ),
  'orchestration.step_up': required(
    ['orchestration.execute'],
    `(resource has severity && ["P2", "P3", "P4"].contains(resource.severity))
      || (principal has acr && principal.acr == "urn:countersign:acr:mfa" && principal has authTime
        && context.now - principal.authTime >= 0 && context.now - principal.authTime <= 900)`,
  ),
};

function granted(roles: readonly string[], actions: readonly string[]): string {
  return `permit (principal, action in [${actions.map(actionOf).join(', ')}], resource)
    when { ${roles.map((role) => `principal in Role::"${role}"`).join(' || ')} };`;
}

/** No action named: all of them. */
function required(actions: readonly string[], condition: string): string {
  const scope = actions.length === 0 ? 'action' : `action in [${actions.map(actionOf).join(', ')}]`;
  return `forbid (principal, ${scope}, resource) unless { ${condition} };`;
}

function incidentOpen(): string {
  return 'context.facts has incident && ["ACKNOWLEDGED", "DETECTED", "INVESTIGATING"].contains(context.facts.incident.status)';
}

function actionOf(name: string): string {
  return `Action::"${name}"`;
}
