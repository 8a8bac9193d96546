import { federation, objectFields } from '../domain-schema.ts'
import { readRequirement } from '../field-terms.ts'
import type { Rule } from '../rule.ts'

/**
 * Finds two fields of a type that require the same field with different arguments: the planner asks for the required field only
 * once. When an operation selects both, the gateway asks for each in a step of its own (steps.ts).
 */
export const requirementsDiffer: Rule = {
  code: 'REQUIREMENTS_DIFFER',
  refuses: 'fields whose `@requires` ask for one field with different arguments',
  remedy: 'Give the required field a second name in its own subgraph.',
  *check({ domains }) {
    const first = new Map<string, { readonly text: string; readonly by: string }>()
    for (const domain of domains) {
      for (const field of objectFields(domain)) {
        for (const { fields } of federation(domain, field, 'requires')) {
          for (const [path, text] of readRequirement(String(fields)).withArguments) {
            const place = `${field.parent.name}.${path}`
            const before = first.get(place)
            if (before === undefined) first.set(place, { text, by: field.coordinate })
            else if (before.text !== text) {
              const expected = `${place}(${before.text}), as ${before.by} requires it`
              yield { subgraph: domain.name, coordinate: field.coordinate, expected, came: `${place}(${text})` }
            }
          }
        }
      }
    }
  },
}
