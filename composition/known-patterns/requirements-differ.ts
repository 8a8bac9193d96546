import { federation, objectFields } from '../domain-schema.ts'
import { readRequirement } from '../field-terms.ts'
import type { Rule } from '../rule.ts'

/** Two fields of a type require one field with different arguments: the planner asks for it once. Asked together, each is asked for in a step (steps.ts). */
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
            const known = first.get(place)
            if (known === undefined) first.set(place, { text, by: field.coordinate })
            else if (known.text !== text) {
              const expected = `${place}(${known.text}), as ${known.by} requires it`
              yield { subgraph: domain.name, coordinate: field.coordinate, expected, came: `${place}(${text})` }
            }
          }
        }
      }
    }
  },
}
