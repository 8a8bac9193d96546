import { isDeepStrictEqual } from 'node:util'
import { both, same } from '../both.ts'
import type { RecordType } from '../catalog.ts'
import { type Check, createTally, type Tally, type World } from '../check.ts'
import { asObject, codesOf, describeReply, errorsOf } from '../leg.ts'
import { asArray, idOf, isAbsent, type Node, readEntities, representationOf } from '../read.ts'
import { hiddenFrom } from '../hidden.ts'

/** `_entities`: how the gateway gets records by their ids. */

const BATCH = 100
const NO_RECORDS = both('a list that shows a record', 'una lista que muestre un registro')

/** An id of the country that no record has. */
function absentId({ facts }: World, at = 0): string {
  return `${facts.country}:conformance-no-such-record-${at}`
}

const placeOf = ({ name }: RecordType, what = ''): string => `_entities, ${name}${what === '' ? '' : `, ${what}`}`

/** Records of a type as `_entities` gives them. */
type FoundRecords = readonly { readonly type: RecordType; readonly entities: readonly Node[] }[]

const foundRecords = new WeakMap<World, Promise<FoundRecords>>()

/** The records of each type that `_entities` gives when it is asked for one at a time: what the other checks compare with. Asks once. */
function findEach(world: World): Promise<FoundRecords> {
  const found = foundRecords.get(world) ?? askForEach(world)
  foundRecords.set(world, found)
  return found
}

async function askForEach(world: World): Promise<FoundRecords> {
  const all = []
  for (const { type, nodes } of world.sample.records) {
    const entities: Node[] = []
    for (const id of idsOf(nodes).slice(0, world.tries)) {
      const { entities: came } = await readEntities(world, type, [representationOf(type, id)])
      if (idOf(came?.[0]) === id) entities.push(asObject(came?.[0]))
    }
    if (entities.length > 0) all.push({ type, entities })
  }
  return all
}

const idsOf = (nodes: readonly Node[]): readonly string[] => nodes.map(({ id }) => String(id))

/** Asks for several records, and compares each place with what is expected there. */
async function compareBatch(world: World, tally: Tally, type: RecordType, ids: readonly string[], known: readonly Node[], what: string) {
  const byId = new Map(known.map((node) => [node.id, node]))
  const { entities, reply } = await readEntities(world, type, ids.map((id) => representationOf(type, id)))
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
  tally.note(isGood, placeOf(type, what), both('each record at the place of its representation', 'cada registro en el lugar de su representación'), came)
}

const found: Check = {
  id: 'entities.found',
  title: both('A record that a list shows is found by its id', 'Un registro que una lista muestra se encuentra por su id'),
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
  title: both('A record has the same values in `_entities` as in a list', 'Un registro tiene los mismos valores en `_entities` que en una lista'),
  remedy: both(
    'Read the record of a list and the record of `_entities` from the same row.',
    'Lea de la misma fila el registro de una lista y el de `_entities`.',
  ),
  async run(world) {
    const tally = createTally()
    for (const { type, entities } of await findEach(world)) {
      const inLists = new Map(world.sample.records.find((each) => each.type === type)?.nodes.map((node) => [node.id, node]))
      for (const entity of entities) {
        const node = asObject(inLists.get(entity.id))
        const other = Object.keys(node).filter((field) => !isDeepStrictEqual(node[field], entity[field]))
        tally.note(other.length === 0, placeOf(type, String(entity.id)), both('equal values', 'valores iguales'), both(`others in ${other.join(', ')}`, `otros en ${other.join(', ')}`))
      }
    }
    return tally.result(NO_RECORDS)
  },
}

const typename: Check = {
  id: 'entities.typename',
  title: both('`_entities` says of each record of which type it is', '`_entities` dice de qué tipo es cada registro'),
  remedy: both(
    'Give `__typename` as the representation has it. The gateway rejects the whole answer otherwise.',
    'Devuelva `__typename` como lo trae la representación. Si no, el gateway rechaza toda la respuesta.',
  ),
  async run(world) {
    const tally = createTally()
    for (const { type, entities } of await findEach(world)) {
      const fields = `__typename id`
      const representations = idsOf(entities).map((id) => representationOf(type, id))
      const answer = await readEntities(world, { ...type, fields }, representations)
      const names = new Set(asArray(answer.entities).map((entity) => asObject(entity).__typename))
      tally.note(names.size === 1 && names.has(type.name), placeOf(type), same(type.name), same([...names].map(String).join(', ') || describeReply(answer.reply)))
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
  title: both('A record that a list hides from a caller is null for the caller, like one that does not exist', 'Un registro que una lista oculta a quien consulta es null para él, como uno que no existe'),
  remedy: both(
    'Filter `_entities` by the task force and by protected persons as you filter lists. Give null, and no error.',
    'Filtre `_entities` por el equipo conjunto y por personas protegidas igual que las listas. Devuelva null, sin error.',
  ),
  async run(world) {
    const tally = createTally()
    for (const { type, ids, caller } of await hiddenFrom(world)) {
      for (const id of ids.slice(0, world.tries)) {
        const { entities, reply } = await readEntities(world, type, [representationOf(type, id)], caller)
        tally.note(isAbsent(reply, entities?.[0]), placeOf(type, id), same('null'), same(describeReply(reply)))
      }
    }
    return tally.result(both('a record that one task force sees and another does not', 'un registro que un equipo conjunto ve y otro no'))
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
  title: both('A type to which the domain adds only lists is found for each well-formed id', 'Un tipo al que el dominio solo añade listas se encuentra con cualquier id bien formado'),
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
        tally.note(idOf(entities?.[0]) === id, `${placeOf(type, id)}, ${type.domain}`, same(id), same(describeReply(reply)))
      }
    }
    return tally.result(both('a domain of this kind', 'un dominio de esta clase'))
  },
}

const duplicates: Check = {
  id: 'entities.duplicates',
  title: both('A record that is asked for twice comes twice', 'Un registro pedido dos veces viene dos veces'),
  remedy: both(
    'Give one entity for each representation. Do not remove duplicates.',
    'Devuelva una entidad por cada representación. No elimine duplicados.',
  ),
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
  title: both('Records come in the order in which they are asked for', 'Los registros vienen en el orden en que se piden'),
  remedy: both(
    'Put each record at the place of its representation. `select … where id = any(…)` loses the order.',
    'Ponga cada registro en el lugar de su representación. `select … where id = any(…)` pierde el orden.',
  ),
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
  title: both('100 records can be asked for at once', 'Se pueden pedir 100 registros a la vez'),
  remedy: both(
    'Answer each representation of a list. The gateway asks for up to 1,000 in one leg.',
    'Responda cada representación de la lista. El gateway pide hasta 1.000 de una vez.',
  ),
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
  title: both('One bad representation costs only itself', 'Una representación mala solo se pierde a sí misma'),
  remedy: both(
    'Give null and an error with the path `["_entities", n]` for an id that does not have the form, and answer the others.',
    'Devuelva null y un error con el path `["_entities", n]` para un id sin la forma debida, y responda las demás.',
  ),
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
      tally.note(isGood && hasError, placeOf(type), expected, same(`${describeReply(reply)} ${codesOf(reply).length === 0 ? '' : path.join(' ')}`.trim()))
    }
    return tally.result(NO_RECORDS)
  },
}

/** The checks of `_entities`. */
export const ENTITY_CHECKS: readonly Check[] = [found, sameAsList, typename, absent, hidden, foreign, anyId, duplicates, order, batch, oneBad]
