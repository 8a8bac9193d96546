/** Reads the persons about whom other countries may be asked, with what identifies them. */
import type { Database } from '../../subgraphs/kit/types.ts'

/** One identifier of a person. */
export interface OwnIdentifier {
  readonly category: string
  /** The country that issued it. */
  readonly jurisdiction: string
  readonly value: string
}

/** A person of the own country. */
export interface OwnPerson {
  readonly id: string
  /** The names, the legal one first. */
  readonly names: readonly string[]
  /** `YYYY-MM-DD`; null if it is not known. */
  readonly birthDate: string | null
  readonly identifiers: readonly OwnIdentifier[]
}

/** Which persons are asked about. All that are given must hold. */
export interface PersonFilter {
  /** The ids of persons. */
  readonly ids: readonly string[] | null
  /** The id of a case in which they take part. */
  readonly caseId: string | null
  /** Recorded on this day or later, `YYYY-MM-DD`. */
  readonly since: string | null
}

/** The persons, and how many were left out because others must not learn of them. */
export interface FoundPersons {
  readonly persons: readonly OwnPerson[]
  /** Victims, witnesses and minors. */
  readonly protected: number
  /** Shared with nobody. */
  readonly unshared: number
  /** Of the ids that were given: those of no person here. */
  readonly unknown: readonly string[]
}

/**
 * Finds persons, sorted by id. A question tells other countries that this one looks for the person. So it leaves out whoever is protected, whoever is
 * only a victim or a witness of the case, and whoever is shared with nobody.
 */
export async function readOwnPersons(db: Pick<Database, 'query'>, filter: PersonFilter): Promise<FoundPersons> {
  const hasCases = await hasTable(db, 'cases.participant')
  const isHidden = hasCases
    ? `p.protected or (
        exists (select from cases.participant m where m.person_id = p.id and m.protected)
        and not exists (select from cases.participant m where m.person_id = p.id and not m.protected))`
    : 'p.protected'
  const ofCase = hasCases
    ? `exists (select from cases.participant m where m.person_id = p.id and m.case_id = $2::text and not m.protected)`
    : 'false'
  const rows = await db.query<PersonRow>(
    `select p.id, p.birth_date as "birthDate", (${isHidden}) as "isProtected",
       coalesce(cardinality(p.shared_with), 0) = 0 as "isUnshared",
       array(select n.full_name from persons.person_name n where n.person_id = p.id
         order by n.category <> 'LEGAL', n.ordinal) as names,
       coalesce((select json_agg(json_build_object('category', i.category, 'jurisdiction', i.jurisdiction, 'value', i.value)
         order by i.category, i.jurisdiction, i.value) from persons.identifier i where i.person_id = p.id), '[]')::text as identifiers
     from persons.person p
     where ($1::text[] is null or p.id = any($1)) and ($2::text is null or ${ofCase}) and ($3::date is null or p.recorded_at >= $3)
     order by p.id`,
    [filter.ids, filter.caseId, filter.since],
  )
  const found = new Set(rows.map(({ id }) => id))
  const open = rows.filter(({ isProtected, isUnshared }) => !isProtected && !isUnshared)
  return {
    persons: open.map(({ id, names, birthDate, identifiers }) => ({
      id,
      names,
      birthDate,
      identifiers: JSON.parse(identifiers),
    })),
    protected: rows.filter(({ isProtected }) => isProtected).length,
    unshared: rows.filter(({ isProtected, isUnshared }) => !isProtected && isUnshared).length,
    unknown: (filter.ids ?? []).filter((id) => !found.has(id)),
  }
}

interface PersonRow {
  readonly id: string
  readonly birthDate: string | null
  readonly isProtected: boolean
  readonly isUnshared: boolean
  readonly names: readonly string[]
  readonly identifiers: string
}

/** Whether the database has a table: a country may serve a domain from another database. */
export async function hasTable(db: Pick<Database, 'query'>, name: string): Promise<boolean> {
  const [row] = await db.query<{ found: string | null }>('select to_regclass($1)::text as found', [name])
  return row?.found != null
}
