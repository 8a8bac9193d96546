import { type FilledKind, STAGING_SCHEMA } from './kinds.ts'
import type { MergedRun } from './merge.ts'
import type { Statements } from './target.ts'

/**
 * Protects each person whom the country's cases name only as a victim or a witness, whatever the mapping says: no search and no hit finds such a
 * person. Who is protected by the mapping itself stays so. It follows from all parts that a person has in cases, so it is worked out after the
 * parts are written, and before the persons are.
 */

/** The persons whose parts in cases change in an incremental run. */
const AFFECTED = `${STAGING_SCHEMA}.affected_person`

/** Persons who are named as a victim or a witness and as nothing else. */
function onlyProtected(whose: string, parts = 'cases.participant'): string {
  return `select person_id as id from ${parts} p where ${whose} group by person_id having bool_and(protected)`
}

/** The parts in cases as they will be after a run that has not written them. */
function foreseenParts({ kinds, whole }: MergedRun): string {
  const participants = kinds.find(({ name }) => name === 'cases.participants')
  if (participants === undefined) return 'cases.participant'
  const staged = `select person_id, role in ('WITNESS', 'VICTIM') as protected from ${participants.stage}`
  if (whole.has('cases.participants')) return `(${staged})`
  return `(${staged} union all select t.person_id, t.protected from cases.participant t
    where not exists (select from ${casesOf(kinds)} c where c.id = t.case_id))`
}

/** Notes whose parts an incremental run changes, before it changes them. A full run looks at all persons. */
export async function noteAffected(target: Statements, { kinds, whole }: MergedRun): Promise<void> {
  const participants = kinds.find(({ name }) => name === 'cases.participants')
  if (participants === undefined || whole.has('cases.participants')) return
  await target.execute(
    `create unlogged table ${AFFECTED} as
     select person_id as id from ${participants.stage} where person_id is not null
     union select p.person_id from cases.participant p
       where p.person_id is not null and p.case_id in (select case_id from ${participants.stage} union select id from ${casesOf(kinds)});
     analyze ${AFFECTED}`,
  )
}

function casesOf(kinds: readonly FilledKind[]): string {
  return kinds.find(({ name }) => name === 'cases')?.stage ?? 'cases.case_file'
}

/**
 * Gives the staged persons their protection. The column `_protects` keeps what the mapping says. Returns the kind with its new table.
 * @param foreseen the run whose parts in cases are not written yet; null if they are.
 */
export async function protectStaged(
  target: Statements,
  kind: FilledKind,
  foreseen: MergedRun | null,
): Promise<FilledKind> {
  const parts = foreseen === null ? 'cases.participant' : foreseenParts(foreseen)
  const stage = `${kind.stage}_protected`
  const list = kind.columns.map((column) =>
    column === 'protected' ? 's.protected or v.id is not null as protected' : `s.${column}`,
  )
  await target.execute(
    `create unlogged table ${stage} as
     select ${list.join(', ')}, s.protected as _protects
     from ${kind.stage} s left join (${onlyProtected('person_id is not null', parts)}) v on v.id = s.id;
     drop table ${kind.stage};
     analyze ${stage}`,
  )
  return { ...kind, stage }
}

/**
 * Selects the persons of the database as they will be after a run that is not written: `id` and `protected`. It is what {@link protectStaged} and
 * {@link protectOthers} then do.
 */
export function foreseenProtection(run: MergedRun): string {
  const staged = run.kinds.find(({ name }) => name === 'persons')?.stage
  const said = staged === undefined ? 'null::boolean' : 's.protected'
  const join = staged === undefined ? '' : ` left join ${staged} s on s.id = p.id`
  // Without the parts, the run changes only the persons that it read.
  const others = run.kinds.some(({ name }) => name === 'cases.participants') ? 'r.protects' : 'null'
  return `select p.id, coalesce(${said}, ${others}, p.protected) or v.id is not null as protected
    from persons.person p left join istmo.synced_record r on r.kind = 'persons' and r.id = p.id${join}
    left join (${onlyProtected('person_id is not null', foreseenParts(run))}) v on v.id = p.id`
}

/**
 * Gives persons whom the run did not read the protection that follows from their parts now. A person whom no mapping brought keeps a protection
 * that somebody gave by hand.
 * @returns how many it changed.
 */
export async function protectOthers(target: Statements, { kinds, whole }: MergedRun): Promise<number> {
  const participants = kinds.find(({ name }) => name === 'cases.participants')
  if (participants === undefined) return 0
  const staged = kinds.find(({ name }) => name === 'persons')?.stage
  const affected = whole.has('cases.participants') ? null : `in (select id from ${AFFECTED})`
  const isAffected = (column: string) => (affected === null ? `${column} is not null` : `${column} ${affected}`)
  const notStaged = staged === undefined ? '' : ` and not exists (select from ${staged} s where s.id = p.id)`
  return target.write(
    `update persons.person p set protected = want.protected from (
       select p.id, coalesce(r.protects, p.protected) or v.id is not null as protected
       from persons.person p left join istmo.synced_record r on r.kind = 'persons' and r.id = p.id
       left join (${onlyProtected(isAffected('person_id'))}) v on v.id = p.id
       where ${isAffected('p.id')}${notStaged}) want
     where p.id = want.id and p.protected <> want.protected`,
  )
}
