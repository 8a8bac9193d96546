import { hasFields, interfaceFields, isEvery, namedType, objectFields } from '../domain-schema.ts'
import type { Rule } from '../rule.ts'

/** The gateway fills outcomes only under an EVERY field (docs/design/contract.md, Who answers). */
export const outcomesUnderEvery: Rule = {
  code: 'OUTCOMES_WITHOUT_EVERY',
  refuses: 'a type with `outcomes` under a field that is not an every field',
  remedy: 'Mark the field @answeredBy(who: EVERY, …), or return a type without outcomes.',
  *check({ domains }) {
    for (const domain of domains) {
      for (const field of [...objectFields(domain), ...interfaceFields(domain)]) {
        const type = namedType(field)
        const outcomes = hasFields(type) ? type.field('outcomes') : undefined
        if (outcomes === undefined || namedType(outcomes)?.name !== 'CountryOutcome') continue
        if (isEvery(domain, field)) continue
        yield {
          subgraph: domain.name,
          coordinate: field.coordinate,
          expected: 'a type without outcomes, because the gateway does not ask every country for this field',
          came: `${field.type}, which has outcomes`,
        }
      }
    }
  },
}
