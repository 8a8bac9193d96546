import { isDeepStrictEqual } from 'node:util'
import {
  type GraphQLOutputType,
  type GraphQLSchema,
  getNullableType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { isRecordId, ownerOf } from '../../../contract/record-id.ts'
import { both, same } from '../both.ts'
import type { RecordType } from '../catalog.ts'
import { type Check, createTally, type World } from '../check.ts'
import { hiddenFromOther, typeOf } from '../hidden.ts'
import { asObject, describeReply } from '../leg.ts'
import { asArray, idOf, isAbsent, type Node, readById } from '../read.ts'

/** The values of records: their ids, their country, and what the schema says of each field. */

const NO_RECORDS = both('a record', 'un registro')

/** The records of each type that lists show, and their type in the schema. */
function eachRecord(
  world: World,
): readonly { readonly type: RecordType; readonly node: Node; readonly schema: GraphQLSchema }[] {
  return world.sample.records.flatMap(({ type, nodes }) => {
    const schema = world.schemas.get(type.domain)
    return type.isStub || schema === undefined ? [] : nodes.map((node) => ({ type, node, schema }))
  })
}

/** A value of an answer with its coordinate, and the type that the schema says. */
interface Value {
  readonly coordinate: string
  readonly type: GraphQLOutputType
  readonly value: unknown
}

/** Lists each value of a record and of what it holds. */
function valuesOf(schema: GraphQLSchema, typeName: string, node: Node): readonly Value[] {
  const type = schema.getType(typeName)
  if (!isObjectType(type)) return []
  return Object.entries(type.getFields()).flatMap(([name, field]) => {
    if (!Object.hasOwn(node, name)) return []
    const one = { coordinate: `${typeName}.${name}`, type: field.type, value: node[name] }
    return [one, ...valuesInside(schema, one)]
  })
}

function valuesInside(schema: GraphQLSchema, { coordinate, type, value }: Value): readonly Value[] {
  const inner = getNullableType(type)
  if (isListType(inner)) {
    const items = asArray(value).map((item) => ({ coordinate, type: inner.ofType as GraphQLOutputType, value: item }))
    return items.flatMap((item) => [item, ...valuesInside(schema, item)])
  }
  return isObjectType(inner) && typeof value === 'object' && value !== null
    ? valuesOf(schema, inner.name, asObject(value))
    : []
}

const ids: Check = {
  id: 'records.ids',
  async run(world) {
    const tally = createTally()
    for (const { type, node, schema } of eachRecord(world)) {
      for (const { coordinate, value } of valuesOf(schema, type.name, node)) {
        if (coordinate.endsWith('.id'))
          tally.note(
            isRecordId(value),
            coordinate,
            both('a record id', 'un id de registro'),
            same(JSON.stringify(value)),
          )
      }
    }
    for (const { edges } of world.sample.lists) {
      for (const { node } of edges) {
        const id = idOf(node.person)
        if (id !== null)
          tally.note(isRecordId(id), 'Participant.person', both('a record id', 'un id de registro'), same(id))
      }
    }
    return tally.result(NO_RECORDS)
  },
}

const country: Check = {
  id: 'records.country',
  async run(world) {
    const tally = createTally()
    const own = world.facts.country
    for (const { type, node } of eachRecord(world)) {
      const id = idOf(node)
      const named = [node.country, asObject(node.provenance).originator].filter(
        (code) => code !== undefined && code !== null,
      )
      if (isRecordId(id)) tally.note(ownerOf(id) === own, `${type.name}.id`, same(own), same(ownerOf(id)))
      for (const code of named) tally.note(code === own, `${type.name}, ${id}`, same(own), same(JSON.stringify(code)))
    }
    return tally.result(NO_RECORDS)
  },
}

const values: Check = {
  id: 'records.values',
  async run(world) {
    const tally = createTally()
    for (const { type, node, schema } of eachRecord(world)) {
      for (const { coordinate, type: given, value } of valuesOf(schema, type.name, node)) {
        const inner = getNullableType(given)
        if (value === null || coordinate.endsWith('.id')) continue
        const isGood = isListType(inner)
          ? Array.isArray(value)
          : isLeafType(inner)
            ? isOutput(inner, value)
            : isObjectType(inner) && typeof value === 'object'
        // Not the value itself: it may be personal.
        tally.note(
          isGood,
          `${coordinate}, ${idOf(node)}`,
          same(String(given)),
          both(`another ${typeof value}`, `otro ${typeof value}`),
        )
      }
    }
    return tally.result(NO_RECORDS)
  },
}

function isOutput(type: { readonly serialize: (value: unknown) => unknown }, value: unknown): boolean {
  try {
    return type.serialize(value) === value
  } catch {
    return false
  }
}

const required: Check = {
  id: 'records.required',
  async run(world) {
    const tally = createTally()
    for (const { type, node, schema } of eachRecord(world)) {
      for (const { coordinate, type: given, value } of valuesOf(schema, type.name, node)) {
        if (isNonNullType(given))
          tally.note(
            value !== null && value !== undefined,
            `${coordinate}, ${idOf(node)}`,
            same(String(given)),
            same('null'),
          )
      }
    }
    return tally.result(NO_RECORDS)
  },
}

const byId: Check = {
  id: 'records.by-id',
  async run(world) {
    const tally = createTally()
    for (const { type, node } of eachRecord(world)
      .filter((_, at) => at % 3 === 0)
      .slice(0, world.tries * 3)) {
      if (type.root === null) continue
      const { reply, value } = await readById(world, type, String(node.id))
      tally.note(
        isDeepStrictEqual(value, { ...node }),
        `${type.root}(id: ${node.id})`,
        both('the record of the list', 'el registro de la lista'),
        same(describeReply(reply)),
      )
    }
    return tally.result(NO_RECORDS)
  },
}

const byAbsentId: Check = {
  id: 'records.absent',
  async run(world) {
    const tally = createTally()
    for (const { type } of world.sample.records) {
      if (type.root === null) continue
      const { reply, value } = await readById(world, type, `${world.facts.country}:conformance-no-such-record`)
      tally.note(isAbsent(reply, value), type.root, same('null'), same(describeReply(reply)))
    }
    for (const { type, ids: hidden, caller } of await hiddenFromOther(world)) {
      if (typeOf(type.name, type.domain)?.root === null) continue
      for (const id of hidden.slice(0, world.tries)) {
        const { reply, value } = await readById(world, type, id, caller)
        tally.note(isAbsent(reply, value), `${type.root}, ${id}`, same('null'), same(describeReply(reply)))
      }
    }
    return tally.result(NO_RECORDS)
  },
}

/** The checks of records. */
export const RECORD_CHECKS: readonly Check[] = [ids, country, values, required, byId, byAbsentId]
