import { type Change, CriticalityLevel, diff } from '@graphql-inspector/core'
import { buildASTSchema, type DocumentNode, type GraphQLSchema, isNonNullType, Kind, print, visit } from 'graphql'
import { readWords } from '../../../contract/read-words.ts'
import { type Said, said, sayBoth } from '../../../contract/said.ts'
import type { Finding } from '../finding.ts'
import { checkWords } from '../words.ts'

/** What an SDL leaves out with a type or field that it leaves out. Nobody is told of it twice. */
const FOLLOWS = new Set(['TYPE_REMOVED', 'DIRECTIVE_REMOVED'])

/**
 * Lists in what a country's SDL differs from the contract, by @graphql-inspector/core. What it says of directives is left out: what they mean for
 * access is judged by our own table.
 */
export async function diffSchemas(contract: DocumentNode, own: DocumentNode): Promise<readonly Finding[]> {
  const [before, after] = [build(contract), build(own)]
  const changes = await diff(before, after)
  const used = usedTypes(own)
  const findings = changes.flatMap((change): readonly Finding[] => {
    const { type, path = '', criticality } = change
    if (type.startsWith('DIRECTIVE_') || FOLLOWS.has(type) || type.includes('DESCRIPTION')) return []
    const coordinate = toCoordinate(path)
    const [typeName = ''] = coordinate.split('.')
    const isRemoved = type === 'FIELD_REMOVED'
    if (isRemoved && isLeftOutRightly(before, coordinate)) return [{ id: 'SDL_LEAVES_OUT', place: coordinate }]
    // Of a type that nothing names, nobody can ask.
    if (!isRemoved && !used.has(typeName)) return []
    const isAddition = criticality.level !== CriticalityLevel.Breaking && type.endsWith('_ADDED')
    if (criticality.level === CriticalityLevel.NonBreaking && !isAddition) return []
    const details = { change: describeChange(change) }
    return [{ id: isAddition ? 'SDL_ADDS' : 'SDL_BREAKS', place: coordinate, details }]
  })
  return [...findings, ...findOtherKeys(contract, own)]
}

/** Says how a schema differs. A change that our Spanish words do not know is said as the library says it. */
function describeChange({ type, message, meta }: Change): Said {
  const spanish = readWords<Readonly<Record<string, string>>>(new URL('changes.es.yaml', import.meta.url))[type]
  const members = meta as Readonly<Record<string, unknown>>
  return said(message, spanish?.replace(/\{(\w+)\}/g, (_, name: string) => String(members[name] ?? 'nada')) ?? message)
}

function build(document: DocumentNode): GraphQLSchema {
  return buildASTSchema(document, { assumeValid: true, assumeValidSDL: true })
}

/** Turns `Query.persons.first` into `Query.persons(first:)`. */
function toCoordinate(path: string): string {
  const [type = '', member, argument] = path.split('.')
  if (member === undefined) return type
  return argument === undefined ? `${type}.${member}` : `${type}.${member}(${argument}:)`
}

/** A country may leave out what may be null. */
function isLeftOutRightly(contract: GraphQLSchema, coordinate: string): boolean {
  const [typeName = '', fieldName = ''] = coordinate.split('.')
  const type = contract.getType(typeName)
  const field = type && 'getFields' in type ? type.getFields()[fieldName] : undefined
  return field !== undefined && !isNonNullType(field.type)
}

/** Lists the types that a document names somewhere, and the root. */
function usedTypes(document: DocumentNode): ReadonlySet<string> {
  const found = new Set(['Query'])
  visit(document, { NamedType: ({ name }) => void found.add(name.value) })
  return found
}

/** The gateway asks for an entity by the keys of the contract. */
function findOtherKeys(contract: DocumentNode, own: DocumentNode): readonly Finding[] {
  const keys = keysIn(own)
  return [...keysIn(contract)].flatMap(([typeName, expected]): readonly Finding[] => {
    const came = keys.get(typeName)
    if (came === undefined || came === expected) return []
    const change = sayBoth((language) => {
      const say = checkWords(language)
      return came === '' ? say('details.noKey', { expected }) : say('details.otherKey', { came, expected })
    })
    return [{ id: 'SDL_BREAKS', place: typeName, details: { change } }]
  })
}

function keysIn({ definitions }: DocumentNode): ReadonlyMap<string, string> {
  return new Map(
    definitions.flatMap((node) => {
      if (node.kind !== Kind.OBJECT_TYPE_DEFINITION) return []
      const keys = (node.directives ?? [])
        .filter(({ name }) => /^(\w+__)?key$/.test(name.value))
        .map((key) => print(key))
      return [[node.name.value, keys.toSorted().join(' ')] as const]
    }),
  )
}
