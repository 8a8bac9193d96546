import { both } from '../both.ts'
import type { RecordType } from '../catalog.ts'
import type { World } from '../check.ts'
import { asObject } from '../leg.ts'
import { idOf, type Node, readEntities, representationOf } from '../read.ts'

/** Records that `_entities` gives. */

/** What is missing if nothing was tried. */
export const NO_RECORDS = both('a list that shows a record', 'una lista que muestre un registro')

/** An id of the country that no record has. */
export function absentId({ facts }: World, at = 0): string {
  return `${facts.country}:conformance-no-such-record-${at}`
}

/** Where a finding is. */
export const placeOf = ({ name }: RecordType, what = ''): string =>
  `_entities, ${name}${what === '' ? '' : `, ${what}`}`

/** Records of a type as `_entities` gives them. */
export type FoundRecords = readonly { readonly type: RecordType; readonly entities: readonly Node[] }[]

const foundRecords = new WeakMap<World, Promise<FoundRecords>>()

/** The records of each type that `_entities` gives when it is asked for one at a time: what the other checks compare with. Asks once. */
export function findEach(world: World): Promise<FoundRecords> {
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

/** The ids of records. */
export const idsOf = (nodes: readonly Node[]): readonly string[] => nodes.map(({ id }) => String(id))
