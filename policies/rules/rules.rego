# METADATA
# title: Rules
# description: Every rule below reads one input, whose shape policies/schema/input.json fixes.
# scope: subpackages
# schemas:
#   - input: schema.input
package rules
