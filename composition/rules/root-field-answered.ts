import { istmo, rootFields } from '../domain-schema.ts'
import type { Rule } from '../rule.ts'

/** A root field must say who answers it (istmo.graphql, `@answeredBy`). */
export const rootFieldAnswered: Rule = {
  code: 'ROOT_FIELD_WITHOUT_ANSWERED_BY',
  refuses: 'a root field without `@answeredBy`',
  remedy: 'Say who answers: @answeredBy(who: OWNER, argument: …) or @answeredBy(who: EVERY, argument: …).',
  *check({ domains }) {
    for (const domain of domains) {
      for (const field of rootFields(domain)) {
        if (istmo(domain, field, 'answeredBy').length > 0) continue
        yield { subgraph: domain.name, coordinate: field.coordinate, expected: '@answeredBy', came: 'none' }
      }
    }
  },
}
