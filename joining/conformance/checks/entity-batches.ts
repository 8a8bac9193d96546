import { isDeepStrictEqual } from 'node:util'
import { both, same } from '../both.ts'
import type { RecordType } from '../catalog.ts'
import { type Check, createTally, type Tally, type World } from '../check.ts'
import { codesOf, describeReply, errorsOf } from '../leg.ts'
import { idOf, type Node, readEntities, representationOf } from '../read.ts'
import { absentId, findEach, idsOf, NO_RECORDS, placeOf } from './found-records.ts'

/** `_entities` for several records at once. */

const BATCH = 100

/** Asks for several records, and compares each place with what is expected there. */
async function compareBatch(
  world: World,
  tally: Tally,
  type: RecordType,
  ids: readonly string[],
  known: readonly Node[],
  what: string,
) {
  const byId = new Map(known.map((node) => [node.id, node]))
  const { entities, reply } = await readEntities(
    world,
    type,
    ids.map((id) => representationOf(type, id)),
  )
  const wrong = ids.findIndex((id, at) => {
    const expected = byId.get(id) ?? (type.isStub ? { id } : null)
    return !isDeepStrictEqual(entities?.[at], expected === null ? null : { ...expected })
  })
  const isGood = entities?.length === ids.length && wrong === -1
  const came =
    entities === null
      ? same(describeReply(reply))
      : both(
          `${entities.length} for ${ids.length}${wrong === -1 ? '' : `; the first wrong one is number ${wrong + 1}`}`,
          `${entities.length} para ${ids.length}${wrong === -1 ? '' : `; el primero incorrecto es el número ${wrong + 1}`}`,
        )
  tally.note(
    isGood,
    placeOf(type, what),
    both('each record at the place of its representation', 'cada registro en el lugar de su representación'),
    came,
  )
}

const duplicates: Check = {
  id: 'entities.duplicates',
  async run(world) {
    const tally = createTally()
    for (const { type, entities } of await findEach(world)) {
      const [first] = idsOf(entities)
      if (first !== undefined) await compareBatch(world, tally, type, [first, first], entities, '2 × the same')
    }
    return tally.result(NO_RECORDS)
  },
}

const order: Check = {
  id: 'entities.order',
  async run(world) {
    const tally = createTally()
    for (const { type, entities } of await findEach(world)) {
      const ids = idsOf(entities).toSorted().toReversed()
      if (ids.length > 1) await compareBatch(world, tally, type, ids, entities, 'from Z to A')
    }
    return tally.result(both('two records of a type', 'dos registros de un tipo'))
  },
}

const batch: Check = {
  id: 'entities.batch',
  async run(world) {
    const tally = createTally()
    for (const { type, entities } of await findEach(world)) {
      const unknown = Array.from({ length: BATCH - entities.length }, (_, at) => absentId(world, at))
      await compareBatch(world, tally, type, [...idsOf(entities), ...unknown].toSorted(), entities, '100 at once')
    }
    return tally.result(NO_RECORDS)
  },
}

const oneBad: Check = {
  id: 'entities.one-bad',
  async run(world) {
    const tally = createTally()
    for (const { type, entities } of await findEach(world)) {
      const [first = '', last = first] = [entities[0], entities.at(-1)].map((entity) => String(entity?.id))
      const given = [first, 'no id', last].map((id) => representationOf(type, id))
      const { entities: came, reply } = await readEntities(world, type, given)
      const isGood = idOf(came?.[0]) === first && came?.[1] === null && idOf(came?.[2]) === last
      const path = errorsOf(reply).map((error) => JSON.stringify(error.path ?? null))
      const hasError = path.some((each) => each.startsWith('["_entities",1'))
      const expected = both('two records, and an error at _entities.1', 'dos registros, y un error en _entities.1')
      tally.note(
        isGood && hasError,
        placeOf(type),
        expected,
        same(`${describeReply(reply)} ${codesOf(reply).length === 0 ? '' : path.join(' ')}`.trim()),
      )
    }
    return tally.result(NO_RECORDS)
  },
}

/** The checks of `_entities` for several records. */
export const ENTITY_BATCH_CHECKS: readonly Check[] = [duplicates, order, batch, oneBad]
