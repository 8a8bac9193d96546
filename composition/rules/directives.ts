/** The istmo directives mean the same in each subgraph, and none of them is lost on the way into the supergraph. */
import { readFileSync } from 'node:fs'
import { buildSubgraph, type DirectiveDefinition, isEnumType } from '@apollo/federation-internals'
import { ISTMO_DIRECTIVES } from '../../contract/access/rule-directives.ts'
import {
  type Annotated,
  type DomainSchema,
  enumValues,
  federation,
  fieldArguments,
  inputFields,
  interfaceFields,
  istmo,
  type Located,
  namedType,
  objectFields,
  readDomainSchema,
} from '../domain-schema.ts'
import { inEachDomain, onEach, type Rule, sameEverywhere } from '../rule.ts'

const SPEC_FILES = ['header', 'istmo'].map((name) => new URL(`../../contract/schema/${name}.graphql`, import.meta.url))

/** The directives mean what istmo/v1.0 says only if a subgraph defines them as that spec does (istmo.graphql). */
const specAsPublished: Rule = {
  code: 'SPEC_NOT_AS_PUBLISHED',
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

/**
 * Composition silently leaves a directive out of the supergraph if `@composeDirective` does not name it (Federation,
 * `@composeDirective`).
 */
const directivesComposed: Rule = {
  code: 'DIRECTIVE_NOT_COMPOSED',
  check: inEachDomain(function* (domain) {
    const composed = federation(domain, domain.schema.schemaDefinition, 'composeDirective').map(({ name }) => name)
    for (const name of ISTMO_DIRECTIVES.map(domain.istmoName)) {
      const uses = name === undefined ? undefined : domain.schema.directive(name)?.applications().size
      if (!uses || composed.includes(`@${name}`)) continue
      const expected = `@composeDirective(name: "@${name}")`
      yield { coordinate: `@${name}`, expected, came: `${uses} uses without it` }
    }
  }),
}

/**
 * When subgraphs disagree on a custom directive's arguments, composition takes those of the majority and adds only a hint. So
 * whatever several subgraphs repeat must carry equal istmo directives in each (docs/design/federation.md, Directives that
 * composition loses).
 */
const sameDirectives: Rule = {
  code: 'DIRECTIVES_DIFFER',
  check: sameEverywhere(
    'all',
    (domain) =>
      [...objectFields(domain), ...fieldArguments(domain), ...inputFields(domain), ...enumValues(domain)].map(
        (element) => {
          const { coordinate } = element
          return { place: coordinate, says: writtenOn(domain, element), source: `, as in ${domain.name}`, coordinate }
        },
      ),
    'no istmo directive',
  ),
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

/**
 * Composition never carries a custom directive of an interface's field into the supergraph: it would silently be lost
 * (docs/design/federation.md, Directives that composition loses).
 */
const noDirectiveOnInterface: Rule = {
  code: 'DIRECTIVE_ON_INTERFACE',
  check: onEach(
    (domain) => interfaceFields(domain).flatMap((field): readonly Located[] => [field, ...field.arguments()]),
    (element, domain) => {
      const written = ISTMO_DIRECTIVES.filter((directive) => istmo(domain, element, directive).length > 0)
      if (written.length === 0) return undefined
      const came = written.map((directive) => `@${directive}`).join(', ')
      return { expected: 'no istmo directive on an interface', came }
    },
  ),
}

/** The rules about istmo directives, in the order of their findings. */
export const DIRECTIVE_RULES: readonly Rule[] = [
  specAsPublished,
  directivesComposed,
  sameDirectives,
  noDirectiveOnInterface,
]
