import { istmo, objectFields } from '../domain-schema.ts'
import type { Rule } from '../rule.ts'
import { ACCESS_DIRECTIVES, isGuarded } from './access-rule.ts'

/** An access rule must guard each field with personal data (istmo.graphql, `@pii`; docs/design/access.md, The rules). */
export const piiFieldGuarded: Rule = {
  code: 'PII_FIELD_WITHOUT_RULE',
  refuses: 'a `@pii` field without an access rule',
  remedy: 'Put @authenticated, @requiresScopes or @policy on the field, its type or the type that it returns.',
  *check({ domains }) {
    for (const domain of domains) {
      for (const field of objectFields(domain)) {
        const pii = istmo(domain, field, 'pii')[0]
        if (pii === undefined || isGuarded(domain, field, ACCESS_DIRECTIVES)) continue
        yield {
          subgraph: domain.name,
          coordinate: field.coordinate,
          expected: `an access rule on personal data of class ${pii.class}`,
          came: 'none',
        }
      }
    }
  },
}
