import { isDeepStrictEqual } from 'node:util'
import { both, same } from '../both.ts'
import { type Check, createTally } from '../check.ts'
import { hiddenFromOther } from '../hidden.ts'
import { asObject, describeReply } from '../leg.ts'
import { asArray, idOf, isAbsent, readEntities, representationOf } from '../read.ts'
import { absentId, findEach, idsOf, NO_RECORDS, placeOf } from './found-records.ts'

/** `_entities`: how the gateway gets records by their ids. */

const found: Check = {
  id: 'entities.found',
  async run(world) {
    const tally = createTally()
    for (const { type, nodes } of world.sample.records) {
      for (const id of idsOf(nodes).slice(0, world.tries)) {
        const { entities, reply } = await readEntities(world, type, [representationOf(type, id)])
        const came = idOf(entities?.[0])
        tally.note(came === id, placeOf(type, id), same(id), came === null ? same(describeReply(reply)) : same(came))
      }
    }
    return tally.result(NO_RECORDS)
  },
}

const sameAsList: Check = {
  id: 'entities.same',
  async run(world) {
    const tally = createTally()
    for (const { type, entities } of await findEach(world)) {
      const inLists = new Map(
        world.sample.records.find((each) => each.type === type)?.nodes.map((node) => [node.id, node]),
      )
      for (const entity of entities) {
        const node = asObject(inLists.get(entity.id))
        const other = Object.keys(node).filter((field) => !isDeepStrictEqual(node[field], entity[field]))
        tally.note(
          other.length === 0,
          placeOf(type, String(entity.id)),
          both('equal values', 'valores iguales'),
          both(`others in ${other.join(', ')}`, `otros en ${other.join(', ')}`),
        )
      }
    }
    return tally.result(NO_RECORDS)
  },
}

const typename: Check = {
  id: 'entities.typename',
  async run(world) {
    const tally = createTally()
    for (const { type, entities } of await findEach(world)) {
      const fields = `__typename id`
      const representations = idsOf(entities).map((id) => representationOf(type, id))
      const answer = await readEntities(world, { ...type, fields }, representations)
      const names = new Set(asArray(answer.entities).map((entity) => asObject(entity).__typename))
      tally.note(
        names.size === 1 && names.has(type.name),
        placeOf(type),
        same(type.name),
        same([...names].map(String).join(', ') || describeReply(answer.reply)),
      )
    }
    return tally.result(NO_RECORDS)
  },
}

const absent: Check = {
  id: 'entities.absent',
  async run(world) {
    const tally = createTally()
    for (const { type } of world.sample.records.filter((each) => !each.type.isStub)) {
      const { entities, reply } = await readEntities(world, type, [representationOf(type, absentId(world))])
      tally.note(isAbsent(reply, entities?.[0]), placeOf(type), same('null'), same(describeReply(reply)))
    }
    return tally.result(NO_RECORDS)
  },
}

const hidden: Check = {
  id: 'entities.hidden',
  async run(world) {
    const tally = createTally()
    for (const { type, ids, caller } of await hiddenFromOther(world)) {
      for (const id of ids.slice(0, world.tries)) {
        const { entities, reply } = await readEntities(world, type, [representationOf(type, id)], caller)
        tally.note(isAbsent(reply, entities?.[0]), placeOf(type, id), same('null'), same(describeReply(reply)))
      }
    }
    return tally.result(
      both('a record that one task force sees and another does not', 'un registro que un equipo conjunto ve y otro no'),
    )
  },
}

const foreign: Check = {
  id: 'entities.foreign',
  async run(world) {
    const tally = createTally()
    const other = world.facts.country === 'UY' ? 'PY' : 'UY'
    for (const { type } of world.sample.records.filter((each) => !each.type.isStub)) {
      const { entities, reply } = await readEntities(world, type, [representationOf(type, `${other}:1`)])
      tally.note(isAbsent(reply, entities?.[0]), placeOf(type, `${other}:1`), same('null'), same(describeReply(reply)))
    }
    return tally.result(NO_RECORDS)
  },
}

const anyId: Check = {
  id: 'entities.any-id',
  async run(world) {
    const tally = createTally()
    const other = world.facts.country === 'UY' ? 'PY' : 'UY'
    for (const { type } of world.sample.records.filter((each) => each.type.isStub)) {
      for (const id of [absentId(world), `${other}:conformance-1`]) {
        const { entities, reply } = await readEntities(world, type, [representationOf(type, id)])
        tally.note(
          idOf(entities?.[0]) === id,
          `${placeOf(type, id)}, ${type.domain}`,
          same(id),
          same(describeReply(reply)),
        )
      }
    }
    return tally.result(both('a domain of this kind', 'un dominio de esta clase'))
  },
}

/** The checks of `_entities` for single records. */
export const ENTITY_CHECKS: readonly Check[] = [found, sameAsList, typename, absent, hidden, foreign, anyId]
