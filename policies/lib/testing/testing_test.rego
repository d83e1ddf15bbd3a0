# METADATA
# title: Inputs for tests
# description: >-
#   One complete input an action, each of which is allowed; a test changes the one thing it is about. The suffix `_test`
#   keeps it out of what is compiled.
package lib.testing_test

# METADATA
# description: Rita, a responder, executes the plan that Pat proposed and Sam approved, on a P1.
# scope: document
executing := {
	"action": "orchestration.execute",
	"now": {"epoch": 1790000000, "iso": "2026-09-21T14:13:20.000Z", "weekday": 1, "minuteOfDay": 853},
	"actor": {
		"id": "user:rita",
		"kind": "human",
		"tenant": "acme",
		"roles": ["responder"],
		"purposes": ["incident-response"],
		"authTime": 1789999700,
		"acr": "urn:countersign:acr:mfa",
		"amr": ["pwd", "otp"],
	},
	"resource": {
		"type": "orchestration",
		"id": "orc_1",
		"tenant": "acme",
		"known": true,
		"purpose": "incident-response",
		"region": "eu",
		"category": null,
		"severity": "P1",
	},
	"context": {"zone": "office", "deviceTrust": "high", "sessionRisk": 5, "channel": "graphql"},
	"facts": {
		"request": {"planHash": "sha256:aa", "justification": "checkout is down"},
		"incident": {"status": "INVESTIGATING"},
		"orchestration": {
			"status": "APPROVED",
			"proposedBy": "user:pat",
			"planHash": "sha256:aa",
			"simulated": false,
		},
		"dryRun": {"passed": true, "ageSeconds": 60},
		"approvals": [{"actor": "user:sam", "planHash": "sha256:aa"}],
		"killSwitch": false,
		"freeze": {"active": false, "until": "", "reason": ""},
		"calendar": {
			"timeZone": "Europe/Berlin",
			"weekday": 1,
			"minuteOfDay": 973,
			"holiday": null,
			"window": {"days": [1, 2, 3, 4, 5], "from": 480, "until": 1080},
		},
		"breakGlass": {"active": false, "secondsLeft": 0},
	},
}

# METADATA
# description: Sam, an SRE, approves it.
# scope: document
approving := _changed({
	"action": "orchestration.approve",
	"actor": {"id": "user:sam", "roles": ["sre"]},
	"facts": {"orchestration": {"status": "DRY_RUN_PASSED"}, "approvals": []},
})

# METADATA
# description: Rita executes while a break-glass of hers is active.
# scope: document
breaking := _changed({"facts": {"breakGlass": {"active": true, "secondsLeft": 1200, "declaredBy": "user:rita"}}})

# METADATA
# description: Rita declares one.
# scope: document
declaring := _changed({
	"action": "breakglass.declare",
	"resource": {"type": "incident", "id": "inc_1"},
	"facts": {
		"request": {"justification": "checkout is down, nobody else is awake", "minutes": 30},
		"breakGlass": {"overdue": 0},
	},
})

# METADATA
# description: Ada, an auditor, reviews it.
# scope: document
reviewing := _changed({
	"action": "breakglass.review",
	"actor": {"id": "user:ada", "roles": ["auditor"], "purposes": ["audit"]},
	"resource": {"type": "breakglass", "id": "brk_1", "purpose": "record"},
	"facts": {
		"request": {"comment": "the pager log shows it"},
		"breakGlass": {"declaredBy": "user:rita", "reviewers": []},
	},
})

# METADATA
# description: Pat, a responder, proposes it.
# scope: document
proposing := json.remove(
	_changed({"action": "orchestration.propose", "actor": {"id": "user:pat"}, "resource": {"type": "incident"}}),
	["facts/orchestration", "facts/dryRun", "facts/approvals"],
)

# METADATA
# description: Rita resolves the incident.
# scope: document
resolving := _changed({"action": "incident.resolve", "resource": {"type": "incident", "id": "inc_1"}})

# METADATA
# description: Sam sets a flag.
# scope: document
flagging := _changed({
	"action": "flag.set",
	"actor": {"id": "user:sam", "roles": ["sre"]},
	"resource": {"type": "flag", "id": "remediation.kill-switch", "severity": null},
})

# METADATA
# description: Vera, a viewer, reads a timeline.
# scope: document
reading := _changed({
	"action": "ledger.read_timeline",
	"actor": {"id": "user:vera", "roles": ["auditor"]},
	"resource": {"type": "incident", "id": "inc_1", "purpose": "record"},
})

# METADATA
# description: A webhook source hands in an alert.
# scope: document
receiving := _changed({
	"action": "alert.receive",
	"actor": {"id": "service:pager", "kind": "service", "roles": ["service"], "purposes": []},
	"resource": {"type": "alert-source", "id": "pager"},
})

# METADATA
# description: Petra, a policy author, publishes a bundle that nobody called for before.
# scope: document
publishing := object.union(
	json.remove(executing, ["facts"]),
	{
		"action": "policy.publish",
		"actor": {"id": "user:petra", "roles": ["policy-author"], "purposes": ["policy-authoring"]},
		"resource": {"type": "policy", "id": "sha256:new", "purpose": "policy", "severity": null},
		"facts": {
			"request": {"justification": "freeze over the holidays"},
			"bundle": {"serial": 8, "activeSerial": 7, "signature": "valid", "signer": "key", "fault": null},
			"policyChange": {"proposedBy": null, "active": false},
		},
	},
)

# METADATA
# description: Sam, an SRE, takes the policy back to one that was active before.
# scope: document
rolling_back := object.union(publishing, {
	"action": "policy.rollback",
	"actor": {"id": "user:sam", "roles": ["sre"], "purposes": ["operations"]},
	"resource": {"id": "sha256:old"},
	"facts": {"bundle": {"serial": 6}},
})

# METADATA
# description: Olga, an org-admin, stores entries away that need no longer be at hand.
# scope: document
archiving := object.union(
	json.remove(executing, ["facts"]),
	{
		"action": "ledger.archive",
		"actor": {"id": "user:olga", "roles": ["org-admin"]},
		"resource": {"type": "ledger", "id": "acme", "purpose": "record", "severity": null},
		"facts": {},
	},
)

# METADATA
# description: Olga, an org-admin, erases what Pat wrote.
# scope: document
erasing := object.union(
	json.remove(executing, ["facts"]),
	{
		"action": "privacy.erase_subject",
		"actor": {"id": "user:olga", "roles": ["org-admin"], "purposes": ["operations"]},
		"resource": {"type": "person", "id": "user:pat", "purpose": "privacy", "severity": null},
		"facts": {"request": {"justification": "Pat left and asked for it"}},
	},
)

# METADATA
# description: Bob, a release bot, promotes a release whose evidence is complete.
# scope: document
promoting := object.union(
	json.remove(executing, ["facts"]),
	{
		"action": "evidence.promote",
		"actor": {"id": "bob", "kind": "service", "roles": ["release-bot"], "purposes": ["release"], "acr": null},
		"resource": {"type": "release", "id": "v1.2.3", "purpose": "release", "severity": null},
		"facts": {"evidence": {
			"published": true,
			"verified": true,
			"failed": [],
			"verdict": "PASSED",
			"missing": [],
			"lapsed": [],
			"ageDays": 3,
		}},
	},
)

# METADATA
# description: Bob publishes a delta of the newest bundle.
# scope: document
publishing_evidence := object.union(json.remove(promoting, ["facts"]), {
	"action": "evidence.publish",
	"resource": {"type": "evidence", "id": "sha256:two"},
	"facts": {"evidence": {"verified": true, "failed": [], "parent": "sha256:one", "newest": "sha256:one"}},
})

# METADATA
# description: Bob registers what a release is made of.
# scope: document
registering := object.union(json.remove(promoting, ["facts"]), {
	"action": "evidence.built",
	"facts": {"evidence": {"waivedBy": ["user:olga"]}},
})

# METADATA
# description: Olga, an org-admin, waives a requirement for a week.
# scope: document
waiving := object.union(
	json.remove(executing, ["facts"]),
	{
		"action": "evidence.waive",
		"actor": {"id": "user:olga", "roles": ["org-admin"], "purposes": ["operations"]},
		"resource": {"type": "release", "id": "v1.2.3", "purpose": "release", "severity": null},
		"facts": {
			"request": {"justification": "the chaos lab is moving"},
			"evidence": {"registeredBy": ["bob"], "expiresInSeconds": 604800},
		},
	},
)

# METADATA
# description: A job of ours removes a file that nobody published.
# scope: document
expiring := object.union(json.remove(promoting, ["facts"]), {
	"action": "evidence.expire",
	"actor": {"id": "service:evidence", "roles": ["service"], "purposes": []},
	"resource": {"type": "evidence", "id": "sha256:one"},
	"facts": {"evidence": {"published": false, "ageDays": 7}},
})

# METADATA
# description: Values of every JSON type, and what looks like an absence; none of them is any fact's right value.
# scope: document
garbage := [null, -1, 1.5, "", "x", [], ["x"], {}, {"x": "y"}]

# METADATA
# description: The ids of some results.
# scope: document
ids(results) := {entry.ruleId | some entry in results}

# METADATA
# description: The explanations of some results.
# scope: document
explanations(results) := {entry.explanation | some entry in results}

_changed(changes) := object.union(executing, changes)
