import { hasFields, isEvery, isList, namedType, objectFields } from '../domain-schema.ts'
import type { Rule } from '../rule.ts'

/** The type of the field `outcomes`, which holds the outcome of each country's leg (istmo.graphql, `@answeredBy`). */
const OUTCOMES_TYPE = '[CountryOutcome!]!'

/** An EVERY field returns an object that has `outcomes` (istmo.graphql, `@answeredBy`). */
export const everyHasOutcomes: Rule = {
  code: 'EVERY_WITHOUT_OUTCOMES',
  refuses: 'an every field whose type does not have `outcomes: [CountryOutcome!]!`',
  remedy: `Return an object type with outcomes: ${OUTCOMES_TYPE}, so that the answer names a country that did not answer.`,
  *check({ domains }) {
    for (const domain of domains) {
      for (const field of objectFields(domain).filter((field) => isEvery(domain, field))) {
        const type = namedType(field)
        const outcomes = hasFields(type) ? type.field('outcomes') : undefined
        const isObject = field.type !== undefined && !isList(field.type)
        if (isObject && outcomes !== undefined && String(outcomes.type) === OUTCOMES_TYPE) continue
        yield {
          subgraph: domain.name,
          coordinate: field.coordinate,
          expected: `an object with outcomes: ${OUTCOMES_TYPE}`,
          came:
            outcomes === undefined ? `${field.type} without outcomes` : `${field.type} with outcomes: ${outcomes.type}`,
        }
      }
    }
  },
}
