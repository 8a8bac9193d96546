import { CriticalityLevel, diff } from '@graphql-inspector/core'
import { buildASTSchema, type DocumentNode, type GraphQLSchema, isNonNullType, Kind, print, visit } from 'graphql'
import { type Said, said } from '../../../contract/said.ts'
import type { Finding } from '../finding.ts'
import { describeChange } from './describe-change.ts'

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
    if (type === 'FIELD_REMOVED')
      return isLeftOutRightly(before, coordinate) ? [leftOut(coordinate)] : [breaks(coordinate, describeChange(change))]
    // Of a type that nothing names, nobody can ask.
    if (!used.has(typeName)) return []
    if (criticality.level === CriticalityLevel.Breaking) return [breaks(coordinate, describeChange(change))]
    if (type.endsWith('_ADDED'))
      return [{ id: 'SDL_ADDS', place: coordinate, details: { change: describeChange(change) } }]
    return criticality.level === CriticalityLevel.Dangerous ? [breaks(coordinate, describeChange(change))] : []
  })
  return [...findings, ...findOtherKeys(contract, own)]
}

function leftOut(place: string): Finding {
  return { id: 'SDL_LEAVES_OUT', place }
}

function breaks(place: string, change: Said): Finding {
  return { id: 'SDL_BREAKS', place, details: { change } }
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
  return [...keysIn(contract)].flatMap(([typeName, expected]) => {
    const came = keys.get(typeName)
    if (came === undefined || came === expected) return []
    const [en, es] = came === '' ? ['no @key', 'ningún @key'] : [came, came]
    const change = said(`${en}, where the contract has ${expected}`, `${es}, donde el contrato tiene ${expected}`)
    return [breaks(typeName, change)]
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
