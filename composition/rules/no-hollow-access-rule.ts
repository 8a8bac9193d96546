import { type DomainSchema, federation, interfaceFields, type Located, objectFields } from '../domain-schema.ts'
import type { Rule } from '../rule.ts'
import { isHollow, listName } from './access-rule.ts'

/** Rejects `[]` and `[[]]` in an access rule at publication (docs/design/access.md, The rules). */
export const noHollowAccessRule: Rule = {
  code: 'HOLLOW_ACCESS_RULE',
  refuses: 'a `@requiresScopes` or `@policy` whose list is empty or has an empty alternative',
  remedy: 'Name at least one scope or policy in each alternative, or remove the directive.',
  *check({ domains }) {
    for (const domain of domains) {
      for (const element of guardable(domain)) {
        for (const directive of ['requiresScopes', 'policy'] as const) {
          for (const args of federation(domain, element, directive)) {
            const list = args[listName(directive)]
            if (!isHollow(list)) continue
            const came = `@${directive}(${listName(directive)}: ${JSON.stringify(list)})`
            yield {
              subgraph: domain.name,
              coordinate: element.coordinate,
              expected: 'a list without empty lists',
              came,
            }
          }
        }
      }
    }
  },
}

function guardable(domain: DomainSchema): readonly Located[] {
  const { schema } = domain
  const types = [schema.objectTypes(), schema.interfaceTypes(), schema.scalarTypes(), schema.enumTypes()].flat()
  return [...types, ...objectFields(domain), ...interfaceFields(domain)]
}
