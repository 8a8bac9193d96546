import type { RecordKindName } from '../../contract/records/record-kind.ts'
import type { Mapping } from '../mapping/mapping.ts'
import { type FilledKind, isRecord } from './kinds.ts'
import { countChanges, deleteGone, type KindChange, type MergedRun, noteRecords, writeRows } from './merge.ts'
import { noteAffected, protectOthers, protectStaged } from './protect-persons.ts'
import { buildDroppedIndexes } from './stage-tables.ts'
import type { Statements } from './target.ts'

/** What a run changed, by kind. */
export type Changes = ReadonlyMap<RecordKindName, KindChange>

/** What a run changed, and the kinds as they were staged last: who is protected follows from the parts in cases too. */
export interface Applied {
  readonly changes: Changes
  readonly kinds: readonly FilledKind[]
}

/**
 * Puts the staged rows into the tables of the contract. It runs in one transaction, so that readers see the old rows or the new ones.
 *
 * Rows are written before any is deleted, parents first: a row that moves from a record which goes to another one is not lost with the first.
 */
export async function applyStage(target: Statements, run: MergedRun, coverage: Mapping['coverage']): Promise<Applied> {
  await target.execute("set local work_mem = '128MB'")
  await noteAffected(target, run)
  const changes = new Map<RecordKindName, KindChange>()
  let kinds = run.kinds
  const isPerson = ({ name }: FilledKind): boolean => /^persons\b/.test(name)
  // Who is protected follows from the parts in cases that are left, so these are written and deleted first.
  for (const group of [kinds.filter((kind) => !isPerson(kind)), kinds.filter(isPerson)]) {
    const ready: FilledKind[] = []
    for (const kind of group) {
      const each = kind.name === 'persons' ? await protectStaged(target, kind, null) : kind
      kinds = kinds.map((before) => (before === kind ? each : before))
      ready.push(each)
      changes.set(kind.name, { ...(await writeRows(target, each)), deleted: 0 })
    }
    // What hangs on a record before the record itself.
    for (const kind of ready.toReversed()) {
      const deleted = await deleteGone(target, kind, { ...run, kinds })
      changes.set(kind.name, { created: 0, changed: 0, ...changes.get(kind.name), deleted })
    }
  }
  await buildDroppedIndexes(target)
  const now = { ...run, kinds }
  for (const kind of kinds.filter(isRecord)) await noteRecords(target, kind, now)
  // Without statistics, the next run would look up each record by itself.
  await target.execute('analyze istmo.synced_record')
  await addProtected(target, now, changes)
  await writeCoverage(target, coverage)
  return { changes, kinds }
}

/** Works out what a run would change, without changing anything. */
export async function foreseeChanges(target: Statements, run: MergedRun): Promise<Applied> {
  const changes = new Map<RecordKindName, KindChange>()
  let kinds = run.kinds
  for (const kind of run.kinds) {
    const ready = kind.name === 'persons' ? await protectStaged(target, kind, run) : kind
    kinds = kinds.map((each) => (each === kind ? ready : each))
    changes.set(kind.name, await countChanges(target, ready, { ...run, kinds }))
  }
  return { changes, kinds }
}

async function addProtected(
  target: Statements,
  run: MergedRun,
  changes: Map<RecordKindName, KindChange>,
): Promise<void> {
  const others = await protectOthers(target, run)
  const persons = changes.get('persons')
  if (others > 0)
    changes.set('persons', { created: 0, deleted: 0, ...persons, changed: (persons?.changed ?? 0) + others })
}

/** Writes what the country's law is complete for. Subjects that the mapping does not name stay as they are. */
async function writeCoverage(target: Statements, coverage: Mapping['coverage']): Promise<void> {
  if (coverage === null) return
  const rows = JSON.stringify(coverage)
  const wanted = 'select subject, key from json_to_recordset($1::text::json) as w(subject text, key text)'
  await target.write(
    `delete from legal.coverage c where exists (${wanted} where subject = c.subject) and not exists (${wanted} where subject = c.subject and key = c.key)`,
    [rows],
  )
  await target.write(`insert into legal.coverage (subject, key) ${wanted} on conflict do nothing`, [rows])
}
