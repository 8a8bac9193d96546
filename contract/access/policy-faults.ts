import cedar from '@cedar-policy/cedar-wasm/nodejs'
import { describeCedarErrors, readPolicies } from './policy-set.ts'

/** What is suspect in a policy that Cedar can read. */
export interface PolicyFault {
  /** The policy’s `@id`. */
  readonly policy: string
  /** What is wrong, in Cedar’s words. */
  readonly fault: string
}

/**
 * Finds policies that Cedar can read but that do not mean what somebody wrote: they name an action, a type, a field or an attribute that there is not,
 * or read an attribute that a token can lack without `has`. Such a `permit` never allows anything; worse, such a `forbid` may never forbid.
 * @param text the policies, as `createPolicySet` takes them.
 * @param coordinates all that a policy can be asked about (`Case.narrative`).
 * @returns one fault of each such policy, in the order of the policies.
 */
export function findPolicyFaults(country: string, text: string, coordinates: Iterable<string>): readonly PolicyFault[] {
  const policies = readPolicies(country, text)
  const staticPolicies = Object.fromEntries(policies.map((each) => [each.id, each.text]))
  const answer = cedar.validate({ schema: writeSchema(coordinates), policies: { staticPolicies } })
  if (answer.type === 'failure')
    throw new Error(`expected policies to compare with the contract: ${describeCedarErrors(answer.errors, '')}`)
  const { validationErrors: errors, validationWarnings: warnings } = answer
  return policies.flatMap(({ id, text: own }) => {
    const ofPolicy = [errors, warnings].map((list) => list.filter(({ policyId }) => policyId === id))
    // What an error explains, a warning only repeats.
    const found = ofPolicy.find(({ length }) => length > 0) ?? []
    const fault = describeCedarErrors(
      found.map(({ error }) => error),
      own,
    )
    return fault === '' ? [] : [{ policy: id, fault }]
  })
}

/** Writes what a question to the policies has (`contextOf` and `attributesOf` in policy-set.ts) as a schema of Cedar. */
function writeSchema(coordinates: Iterable<string>): string {
  const fields = [...coordinates].map((coordinate) => JSON.stringify(coordinate))
  return `
entity Caller = { country?: String, agency?: String, role?: String, client?: String, scopes: Set<String> };
entity Field enum [${fields.join(', ')}];
action read appliesTo {
  principal: Caller,
  resource: Field,
  context: {
    country: String, purpose: String, legalBasis: Set<String>, taskForce?: String, "case"?: String, assurance?: String, time: datetime
  }
};`
}
