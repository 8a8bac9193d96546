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
  title: both(
    'A record that a list shows is found by its id',
    'Un registro que una lista muestra se encuentra por su id',
  ),
  remedy: both(
    'Resolve `_entities` by the field `id` of each representation, with the same filter of rows as the lists.',
    'Resuelva `_entities` por el campo `id` de cada representación, con el mismo filtro de filas que las listas.',
  ),
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
  title: both(
    'A record has the same values in `_entities` as in a list',
    'Un registro tiene los mismos valores en `_entities` que en una lista',
  ),
  remedy: both(
    'Read the record of a list and the record of `_entities` from the same row.',
    'Lea de la misma fila el registro de una lista y el de `_entities`.',
  ),
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
  title: both('`_entities` says the type of each record', '`_entities` dice de qué tipo es cada registro'),
  remedy: both(
    'Give `__typename` as the representation has it. The gateway rejects the whole answer otherwise.',
    'Devuelva `__typename` como lo trae la representación. Si no, la pasarela rechaza toda la respuesta.',
  ),
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
  title: both('A record that does not exist is null, without an error', 'Un registro que no existe es null, sin error'),
  remedy: both(
    'Resolve an unknown id to null. An error would make one unknown id a fault of the country.',
    'Resuelva un id desconocido a null. Un error convertiría un id desconocido en una falla del país.',
  ),
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
  title: both(
    'A record that a list hides from a caller is null for the caller, like one that does not exist',
    'Un registro que una lista oculta a quien consulta es null para él, como uno que no existe',
  ),
  remedy: both(
    'Filter `_entities` by the task force as you filter lists. Give null, and no error.',
    'Filtre `_entities` por el equipo conjunto igual que las listas. Devuelva null, sin error.',
  ),
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
  title: both('The country gives no record of another country', 'El país no da registros de otro país'),
  remedy: both(
    'Resolve an id that begins with the code of another country to null: only its owner speaks for it.',
    'Resuelva a null un id que empieza con el código de otro país: solo su dueño habla por él.',
  ),
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
  title: both(
    'A type to which the domain adds only lists is found for each well-formed id',
    'Un tipo al que el dominio solo agrega listas se encuentra con cualquier id bien formado',
  ),
  remedy: both(
    'Resolve `Person` in `cases`, and `Case` in `legal`, for each id, also of other countries. Its lists may be empty.',
    'Resuelva `Person` en `cases`, y `Case` en `legal`, con cualquier id, también de otros países. Sus listas pueden estar vacías.',
  ),
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
