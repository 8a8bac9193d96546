import { readFileSync } from 'node:fs'
import { buildSubgraph, type DirectiveDefinition, isEnumType } from '@apollo/federation-internals'
import { ISTMO_DIRECTIVES } from '../../contract/access/rule-directives.ts'
import { type DomainSchema, namedType, readDomainSchema } from '../domain-schema.ts'
import type { Rule } from '../rule.ts'

const SPEC_FILES = ['header', 'istmo'].map((name) => new URL(`../../contract/schema/${name}.graphql`, import.meta.url))

/** The directives mean what istmo/v1.0 says only if a subgraph defines them as that spec does (istmo.graphql). */
export const specAsPublished: Rule = {
  code: 'SPEC_NOT_AS_PUBLISHED',
  refuses: 'another version of the istmo spec, or a different definition of one of its directives',
  remedy: 'Link istmo/v1.0 and copy contract/schema/istmo.graphql without a change.',
  *check({ domains }) {
    const published = readPublished()
    for (const domain of domains) {
      if (domain.istmoVersion !== published.istmoVersion) {
        const [expected, came] = [published, domain].map(({ istmoVersion }) => `istmo/${istmoVersion}`)
        yield { subgraph: domain.name, coordinate: '@link', expected: String(expected), came: String(came) }
        continue
      }
      for (const directive of ISTMO_DIRECTIVES) {
        const [expected, came] = [published, domain].map((schema) => signature(schema, schema.istmoName(directive)))
        if (came === undefined || came === expected) continue
        yield { subgraph: domain.name, coordinate: `@${domain.istmoName(directive)}`, expected: String(expected), came }
      }
    }
  },
}

function readPublished(): DomainSchema {
  const sdl = SPEC_FILES.map((file) => readFileSync(file, 'utf8')).join('\n')
  return readDomainSchema(buildSubgraph('istmo', '', `${sdl}\nscalar CountryCode\ntype Query { country: CountryCode }`))
}

/** Writes a directive's definition in one line, without descriptions and without the names that `@link` may change. */
function signature({ schema }: DomainSchema, name: string | undefined): string | undefined {
  const definition: DirectiveDefinition | undefined = name === undefined ? undefined : schema.directive(name)
  if (definition === undefined) return undefined
  const args = definition.arguments().map((argument) => {
    const type = namedType(argument)
    const values = type !== undefined && isEnumType(type) ? `{${type.values.map((value) => value.name).join(' ')}}` : ''
    return `${argument.name}: ${String(argument.type).replace(/\w+__/, '')}${values}`
  })
  const locations = [...definition.locations].sort().join(' | ')
  return `(${args.sort().join(', ')})${definition.repeatable ? ' repeatable' : ''} on ${locations}`
}
