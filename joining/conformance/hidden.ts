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

/** Finds what is hidden from a task force with which nothing is shared by name: what the reader's lists show and its lists do not. */
export async function hiddenFromOther(world: World): Promise<readonly HiddenRecords[]> {
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
  return hidden
}

/** Finds what is hidden from the reader: what the lists of the second task force show and the reader's do not. Empty without a second one. */
export async function hiddenFromReader(world: World): Promise<readonly HiddenRecords[]> {
  const { second, reader } = world.callers
  const hidden: HiddenRecords[] = []
  for (const { connection, order, edges, isComplete } of second === null ? [] : world.sample.lists) {
    const name = LISTED[connection.coordinate]
    const type = name === undefined ? undefined : typeOf(name, connection.domain)
    if (type === undefined || second === null || order !== connection.orders[0] || !isComplete) continue
    const shown = new Set(edges.map(({ node }) => idOf(node)))
    const theirs = await readRows(world, connection, { order, limit: ROWS, node: 'id', as: second })
    const ids = theirs.edges.flatMap(({ node }) => idOf(node) ?? []).filter((id) => !shown.has(id))
    if (ids.length > 0) hidden.push({ type, ids, caller: reader })
  }
  return hidden
}

/**
 * The protected persons that the checks know: a trusted caller reads them, and the reader does not. Whom a case names as a witness may be a suspect
 * in another, which nobody protects.
 */
export async function knownProtected(world: World, person: RecordType): Promise<readonly string[]> {
  const known: string[] = []
  const { reader, trusted } = world.callers
  for (const id of new Set([...world.sample.protectedPersons, ...world.hidden])) {
    const ask = async (as: Caller): Promise<string | null> =>
      idOf((await readEntities(world, person, [representationOf(person, id)], as)).entities?.[0])
    if ((await ask(trusted)) === id && (world.hidden.includes(id) || (await ask(reader)) !== id)) known.push(id)
  }
  return known
}

/** Finds a type of records of a domain. */
export function typeOf(name: string, domain: RecordType['domain']): RecordType | undefined {
  return RECORD_TYPES.find((type) => type.name === name && type.domain === domain)
}
