import { ISTMO_DIRECTIVES } from '../../contract/access/rule-directives.ts'
import {
  type Annotated,
  type DomainSchema,
  enumValues,
  fieldArguments,
  inputFields,
  istmo,
  type Located,
  objectFields,
} from '../domain-schema.ts'
import type { Rule } from '../rule.ts'

/**
 * When subgraphs disagree on a custom directive's arguments, composition takes those of the majority and adds only a hint. So
 * whatever several subgraphs repeat must carry equal istmo directives in each (docs/design/federation.md, Directives that
 * composition loses).
 */
export const sameDirectives: Rule = {
  code: 'DIRECTIVES_DIFFER',
  refuses: 'a field, an argument or a value in several subgraphs, with different istmo directives',
  remedy: 'Write the same istmo directives in each of these subgraphs.',
  *check({ all }) {
    const first = new Map<string, { readonly subgraph: string; readonly written: string }>()
    for (const domain of all) {
      for (const element of repeatable(domain)) {
        const written = writtenOn(domain, element)
        const before = first.get(element.coordinate)
        if (before === undefined) first.set(element.coordinate, { subgraph: domain.name, written })
        else if (before.written !== written) {
          yield {
            subgraph: domain.name,
            coordinate: element.coordinate,
            expected: `${before.written || 'no istmo directive'}, as in ${before.subgraph}`,
            came: written || 'none',
          }
        }
      }
    }
  },
}

function repeatable(domain: DomainSchema): readonly Located[] {
  return [...objectFields(domain), ...fieldArguments(domain), ...inputFields(domain), ...enumValues(domain)]
}

/** Writes the istmo directives of an element in one form, whatever their order and their names in the schema. */
function writtenOn(domain: DomainSchema, element: Annotated): string {
  return ISTMO_DIRECTIVES.flatMap((directive) =>
    istmo(domain, element, directive).map((args) => {
      const written = Object.entries(args).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
      return written.length === 0 ? `@${directive}` : `@${directive}(${written.sort().join(', ')})`
    }),
  )
    .sort()
    .join(' ')
}
