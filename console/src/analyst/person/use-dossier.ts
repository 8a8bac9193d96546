import { useQueries } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { DOSSIER, PERSON_CASES } from '../../documents/documents.ts'
import type { DossierQuery } from '../../documents/operation-types.ts'
import type { DossierPerson, PersonCaseRow } from '../../documents/types.ts'
import { askToTheEnd } from '../../session/ask-to-the-end.ts'
import type { SessionAnswer } from '../../session/session.ts'
import { nameQuestion, useAskedPurpose, useWorld } from '../../session/use-session.ts'
import { followIdentities, type SaidSame } from './identities.ts'

const ROWS = 50
const MOST_PAGES = 10

/** How many persons of each case are read, to find in what quality it names this one. */
const MOST_PARTICIPANTS = 20

/** A case, and which identities it was found by. */
export interface DossierCase {
  readonly row: PersonCaseRow
  readonly identities: readonly string[]
  /** In what quality the case names the person; none if what was read of the case does not say it, null if a rule hides it. */
  readonly roles: readonly string[] | null
}

/** A dossier over all identities of a person. */
export interface Dossier {
  /** By the id of the record; undefined as long as it is awaited, null if the country gives nothing. */
  readonly persons: ReadonlyMap<string, DossierPerson | null | undefined>
  readonly said: SaidSame
  readonly cases: readonly DossierCase[]
  readonly answers: readonly SessionAnswer<unknown>[]
  readonly isAsking: boolean
  /** Whether all pages of all cases were read. */
  readonly isWhole: boolean
  /** What went wrong, each message once. */
  readonly errors: readonly Error[]
  /** Asks again what went wrong. */
  again(): void
}

/** Asks for a dossier: the record, and each record that is said to be the same person, each with its cases to the end. */
export function useDossier(first: string): Dossier {
  const { session } = useWorld()
  const purpose = useAskedPurpose(first)
  const [ids, setIds] = useState<readonly string[]>([first])
  const persons = useQueries({
    queries: ids.map((id) => ({
      queryKey: nameQuestion(purpose, DOSSIER, { id }),
      queryFn: () => session.ask(DOSSIER, { id, first: ROWS }),
    })),
  })
  const cases = useQueries({
    queries: ids.map((id) => ({
      queryKey: nameQuestion(purpose, PERSON_CASES, { id }),
      queryFn: () =>
        askToTheEnd(
          session,
          PERSON_CASES,
          { id, first: ROWS, participants: MOST_PARTICIPANTS, after: null },
          {
            readEnd: ({ person }) => person?.cases?.pageInfo,
            mostPages: MOST_PAGES,
          },
        ),
    })),
  })
  const found = new Map(ids.map((id, index) => [id, personOf(persons[index]?.data)]))
  const said: SaidSame = new Map(ids.map((id) => [id, (found.get(id)?.sameAs ?? []).map((other) => other.id)]))
  const followed = followIdentities(first, said)
  const key = followed.join(' ')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the list, which is a new one at each rendering
  useEffect(() => setIds(followed), [key])
  const lists = cases.map(({ data }) => data)
  const failed = [...persons, ...cases].filter(({ error }) => error !== null)
  return {
    persons: found,
    said,
    cases: joinCases(
      ids,
      lists.map((list) =>
        (list?.answers ?? []).flatMap(({ data }) => data?.person?.cases?.edges ?? []).map(({ node }) => node),
      ),
    ),
    answers: [...persons.flatMap(({ data }) => data ?? []), ...lists.flatMap((list) => list?.answers ?? [])],
    isAsking: [...persons, ...cases].some(({ isFetching }) => isFetching),
    isWhole: lists.every((list) => list?.isWhole === true),
    errors: [...new Map(failed.map(({ error }) => [error?.message, error])).values()].flatMap((error) => error ?? []),
    again: () => failed.forEach(({ refetch }) => void refetch()),
  }
}

function personOf(answer: SessionAnswer<DossierQuery> | undefined): DossierPerson | null | undefined {
  return answer === undefined ? undefined : (answer.data?.person ?? null)
}

/**
 * Joins the cases of several identities: each case once, with the identities that it names, the newest first.
 * @param lists the cases of each identity, in the order of `ids`.
 */
export function joinCases(
  ids: readonly string[],
  lists: readonly (readonly PersonCaseRow[])[],
): readonly DossierCase[] {
  const byId = new Map<string, { row: PersonCaseRow; identities: string[] }>()
  lists.forEach((rows, index) => {
    for (const row of rows) {
      const known = byId.get(row.id) ?? { row, identities: [] }
      const identity = ids[index] ?? ''
      if (!known.identities.includes(identity)) known.identities.push(identity)
      byId.set(row.id, known)
    }
  })
  const cases = [...byId.values()].map(({ row, identities }) => ({ row, identities, roles: listRoles(row, ids) }))
  return cases.sort((left, right) => {
    const [a, b] = [left.row.filedOn ?? '', right.row.filedOn ?? '']
    return a === b ? (left.row.id < right.row.id ? -1 : 1) : a < b ? 1 : -1
  })
}

function listRoles({ participants }: PersonCaseRow, ids: readonly string[]): readonly string[] | null {
  if (participants === null) return null
  const own = participants.edges.filter(({ node }) => node.person !== null && ids.includes(node.person.id))
  return [...new Set(own.map(({ node }) => node.role))]
}
