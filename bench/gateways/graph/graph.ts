/** The schemas of the bench's three subgraphs: as countries of Istmo publish them, and as any gateway reads them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DefinitionNode, Kind, type ObjectTypeDefinitionNode, parse, print, visit } from 'graphql'
import { composeSubgraphs } from '../../../composition/compose.ts'
import { DOMAINS, type Domain } from '../../../contract/domain.ts'

const HEADER = readFileSync(join(import.meta.dirname, '../../../contract/schema/header.graphql'), 'utf8')
const SPEC = readFileSync(join(import.meta.dirname, '../../../contract/schema/istmo.graphql'), 'utf8')

/** Which subgraph has the records of a type. In the others, the type is an extension. */
const OWNERS: Readonly<Record<string, Domain>> = {
  ...{ Person: 'persons', Registry: 'persons', Case: 'cases', Docket: 'cases', Statute: 'legal', Code: 'legal' },
}

/** Returns the address of each subgraph. */
export type UrlOf = (domain: Domain) => string

/** Returns the SDL of a subgraph with the rules of Istmo. */
export function ruledSdl(domain: Domain): string {
  return `${HEADER}\n${SPEC}\n${readSdl(domain)}`
}

/** Returns the SDL of a subgraph in Federation 1, which each gateway reads: without rules, and with what another subgraph owns as extensions. */
export function plainSdl(domain: Domain): string {
  const document = visit(parse(readSdl(domain)), {
    Directive: ({ name }) => (name.value === 'key' ? undefined : null),
  })
  const definitions = document.definitions.map((definition) => extend(domain, definition))
  return print({ kind: Kind.DOCUMENT, definitions })
}

/** Composes the supergraph without rules. */
export function plainSupergraph(urlOf: UrlOf): string {
  return compose(plainSdl, urlOf)
}

/** Composes the supergraph with rules. */
export function ruledSupergraph(): string {
  // Each country's file says where its subgraphs are.
  return compose(ruledSdl, (domain) => `http://${domain}.invalid/`)
}

function compose(sdlOf: (domain: Domain) => string, urlOf: UrlOf): string {
  return composeSubgraphs(DOMAINS.map((name) => ({ name, url: urlOf(name), sdl: sdlOf(name) }))).supergraphSdl
}

function readSdl(domain: Domain): string {
  return readFileSync(join(import.meta.dirname, `${domain}.graphql`), 'utf8')
}

function extend(domain: Domain, definition: DefinitionNode): DefinitionNode {
  if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return definition
  const { description: _, ...type } = definition
  if (type.name.value === 'Query') return { ...type, kind: Kind.OBJECT_TYPE_EXTENSION }
  if (OWNERS[type.name.value] === domain) return definition
  return { ...type, kind: Kind.OBJECT_TYPE_EXTENSION, fields: (type.fields ?? []).map(markExternal) }
}

type Field = NonNullable<ObjectTypeDefinitionNode['fields']>[number]

function markExternal(field: Field): Field {
  if (field.name.value !== 'id') return field
  return { ...field, directives: [{ kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: 'external' } }] }
}
