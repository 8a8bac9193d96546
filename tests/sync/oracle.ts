import { isDeepStrictEqual } from 'node:util'
import { type OldState, ROLES, STATUSES } from './world.ts'

/** What the node must serve for a state of the old database, worked out with plain loops. */
export interface ExpectedRows {
  readonly cases: readonly string[]
  /** `case ordinal label`. */
  readonly offences: readonly string[]
  /** `case person role`, sorted. */
  readonly parts: readonly string[]
  /** `person name protected`. */
  readonly persons: readonly string[]
}

/** Returns the only row of each key; nothing for a key whose rows differ, because nobody knows which of them is right. */
function onlyRows<Row extends { readonly id: string }>(rows: readonly Row[]): Map<string, Row> {
  const taken = new Map<string, Row>()
  for (const [id, [first, ...others]] of Map.groupBy(rows, (row) => row.id)) {
    if (first !== undefined && others.every((row) => isDeepStrictEqual({ ...row }, { ...first }))) taken.set(id, first)
  }
  return taken
}

/** Works out what must be served. A row with an unknown word, a key whose rows differ, or an id that names nothing is not. */
export function expectRows({ cases, offences, parts, persons }: OldState): ExpectedRows {
  const taken = new Map([...onlyRows(cases)].filter(([, { status }]) => STATUSES[status] !== undefined))
  const known = onlyRows(persons)
  const lists = new Map<string, string[]>()
  for (const { case: id, label } of offences) if (taken.has(id)) lists.set(id, [...(lists.get(id) ?? []), label])
  const kept = parts.filter((part) => ROLES[part.role] !== undefined && taken.has(part.case) && known.has(part.person))
  const isProtected = (person: string): boolean => {
    const own = kept.filter((part) => part.person === person)
    return own.length > 0 && own.every((part) => part.role !== 'IMPUTADO')
  }
  return {
    cases: [...taken.values()]
      .map(({ id, status, secret }) => `NI:${id} ${STATUSES[status]} ${secret ? 'H3' : 'H1'}`)
      .sort(),
    offences: [...lists].flatMap(([id, labels]) => labels.map((label, at) => `NI:${id} ${at + 1} ${label}`)).sort(),
    parts: kept.map((part) => `NI:${part.case} NI:${part.person} ${ROLES[part.role]}`).sort(),
    persons: [...known.values()].map(({ id, name, minor }) => `NI:${id} ${name} ${minor || isProtected(id)}`).sort(),
  }
}
