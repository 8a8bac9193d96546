/** A record has one owner, whom its id names, and can be reached from another country or domain. */
import { isNonNullType } from '@apollo/federation-internals'
import {
  type DomainSchema,
  entities,
  federation,
  hasFields,
  istmo,
  keysOf,
  namedType,
  objectFields,
} from '../domain-schema.ts'
import { inEachDomain, onEach, type Rule, type SubgraphSet } from '../rule.ts'

/** The gateway reads the owner of a record from its id, so every entity must have the key `id: ID!` (docs/design/contract.md, Ids). */
const keyIsId: Rule = {
  code: 'KEY_WITHOUT_ID',
  check: onEach(entities, (type, domain) => {
    const keys = keysOf(domain, type).map(({ fields }) => fields)
    const idType = String(type.field('id')?.type)
    if (keys.includes('id') && idType === 'ID!') return undefined
    const came = keys.includes('id') ? `id: ${idType}` : `the keys ${keys.map((key) => `"${key}"`).join(', ')}`
    return { expected: 'the key id: ID!', came }
  }),
}

/** Across a border the gateway asks the owner of a record, so the field must return records (istmo.graphql, `@crossBorder`). */
const crossBorderRecord: Rule = {
  code: 'CROSS_BORDER_WITHOUT_RECORD',
  check: onEach(crossBorderFields, (field, domain) => {
    const type = namedType(field)
    if (entities(domain).some((entity) => entity.name === type?.name)) return undefined
    const came = `${field.type}, which has no @key`
    return { expected: 'an entity or a list of entities under @crossBorder', came }
  }),
}

/**
 * The fields of a record that another country or domain names must be nullable: when the owner is silent, only the id can be
 * answered (istmo.graphql, `@crossBorder`).
 */
const nullableAcrossBorder: Rule = {
  code: 'NON_NULL_ACROSS_BORDER',
  check: inEachDomain(function* (domain, set) {
    const reached = reachedFromElsewhere(set)
    for (const type of entities(domain)) {
      const why = reached.get(type.name)
      if (why === undefined) continue
      const keyFields = new Set(keysOf(domain, type).flatMap(({ fields }) => fields.split(/[\s{}]+/)))
      for (const field of type.fields()) {
        if (field.type === undefined || !isNonNullType(field.type) || keyFields.has(field.name)) continue
        const expected = `a nullable type, because ${type.name} can be reached ${why}`
        yield { coordinate: field.coordinate, expected, came: String(field.type) }
      }
    }
  }),
}

/** How another country or domain reaches each entity, by the entity's name. */
function reachedFromElsewhere({ domains, all }: SubgraphSet): ReadonlyMap<string, string> {
  const reached = new Map<string, string>()
  for (const name of domains.flatMap((domain) => entities(domain).map((type) => type.name))) {
    const holders = all.filter((domain) => entities(domain).some((type) => type.name === name))
    if (holders.length > 1) reached.set(name, `from ${holders.map((holder) => holder.name).join(' and ')}`)
  }
  for (const domain of domains) for (const name of crossBorderTypes(domain)) reached.set(name, 'across a border')
  return reached
}

function crossBorderTypes(domain: DomainSchema): readonly string[] {
  return crossBorderFields(domain).flatMap((field) => {
    const type = namedType(field)
    if (type === undefined) return []
    const implementations = hasFields(type) && 'allImplementations' in type ? type.allImplementations() : []
    return [type, ...implementations].map(({ name }) => name)
  })
}

function crossBorderFields(domain: DomainSchema) {
  return objectFields(domain).filter((field) => istmo(domain, field, 'crossBorder').length > 0)
}

/**
 * For `@requires` on a field with arguments, the planner makes wrong plans without an error (docs/design/federation.md, Patterns
 * that composition rejects).
 */
export const requiresWithoutArguments: Rule = {
  code: 'REQUIRES_WITH_ARGUMENTS',
  check: onEach(objectFields, (field, domain) => {
    if (!field.hasArguments() || federation(domain, field, 'requires').length === 0) return undefined
    const came = [...field.arguments()].map((argument) => argument.coordinate).join(', ')
    return { expected: 'no arguments on a field with @requires', came }
  }),
}

/**
 * If an entity has several keys and some of them are not resolvable, the planner makes wrong plans without an error
 * (docs/design/federation.md, Patterns that composition rejects).
 */
export const keysAllResolvable: Rule = {
  code: 'KEYS_PARTLY_RESOLVABLE',
  check: onEach(entities, (type, domain) => {
    const count = keysOf(domain, type).length
    const came = unresolvableKeys(domain, type)
    return count < 2 || came === null ? undefined : { expected: `each of its ${count} keys to be resolvable`, came }
  }),
}

/**
 * For an `@interfaceObject` with a key that is not resolvable, the planner makes wrong plans without an error
 * (docs/design/federation.md, Patterns that composition rejects).
 */
export const interfaceObjectResolvable: Rule = {
  code: 'INTERFACE_OBJECT_NOT_RESOLVABLE',
  check: onEach(entities, (type, domain) => {
    const came = unresolvableKeys(domain, type)
    if (came === null || federation(domain, type, 'interfaceObject').length === 0) return undefined
    return { expected: 'a resolvable key on an @interfaceObject', came }
  }),
}

function unresolvableKeys(domain: DomainSchema, type: Parameters<typeof keysOf>[1]): string | null {
  const keys = keysOf(domain, type).filter((key) => !key.resolvable)
  return keys.length === 0 ? null : `resolvable: false on ${keys.map((key) => `"${key.fields}"`).join(', ')}`
}

/** The rules about records and their keys, in the order of their findings. */
export const RECORD_RULES: readonly Rule[] = [
  keyIsId,
  crossBorderRecord,
  nullableAcrossBorder,
  requiresWithoutArguments,
  keysAllResolvable,
  interfaceObjectResolvable,
]
