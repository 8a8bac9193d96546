import { RECORD_TYPES, type RecordType } from './catalog.ts'
import type { World } from './check.ts'
import type { Caller } from './leg.ts'
import { idOf, readEntities, representationOf } from './read.ts'
import { readRows } from './sample.ts'

/** Records of a type that a caller may not see although another may. */
export interface HiddenRecords {
  readonly type: RecordType
  readonly ids: readonly string[]
  readonly caller: Caller
}

/** How many rows of a list are compared. */
const ROWS = 300
const LISTED: Readonly<Record<string, string>> = {
  'Query.cases': 'Case',
  'Query.warrants': 'Warrant',
  'Query.mlaRequests': 'MutualLegalAssistanceRequest',
}

/**
 * Finds what is hidden, by lists: what the reader's task force sees and another does not; and protected persons, whom the reader does not see. It
 * trusts no answer to `_entities`.
 */
export async function hiddenFrom(world: World): Promise<readonly HiddenRecords[]> {
  const hidden: HiddenRecords[] = []
  for (const { connection, order, edges, isComplete } of world.sample.lists) {
    const name = LISTED[connection.coordinate]
    if (name === undefined || order !== connection.orders[0] || !isComplete) continue
    const seen = await readRows(world, connection, { order, limit: ROWS, node: 'id', as: world.callers.other })
    const shown = new Set(seen.edges.map(({ node }) => idOf(node)))
    const ids = edges.flatMap(({ node }) => idOf(node) ?? []).filter((id) => !shown.has(id))
    const type = typeOf(name, connection.domain)
    if (type !== undefined && seen.isComplete && ids.length > 0) hidden.push({ type, ids, caller: world.callers.other })
  }
  const person = typeOf('Person', 'persons')
  if (person !== undefined && world.schemas.has('persons')) {
    const ids = await knownProtected(world, person)
    if (ids.length > 0) hidden.push({ type: person, ids, caller: world.callers.reader })
  }
  return hidden
}

/** The persons whom cases name as victims or witnesses, and whom the domain of persons knows: a trusted caller finds them. */
export async function knownProtected(world: World, person: RecordType): Promise<readonly string[]> {
  const known: string[] = []
  for (const id of world.sample.protectedPersons) {
    const { entities } = await readEntities(world, person, [representationOf(person, id)], world.callers.trusted)
    if (idOf(entities?.[0]) === id) known.push(id)
  }
  return known
}

/** Finds a type of records of a domain. */
export function typeOf(name: string, domain: RecordType['domain']): RecordType | undefined {
  return RECORD_TYPES.find((type) => type.name === name && type.domain === domain)
}
