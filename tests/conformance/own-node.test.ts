import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PROJECT_DIR } from '../../demo/config.ts'
import { loadCountry } from '../../demo/generator/generate-country.ts'
import { createSettings } from '../../demo/generator/settings.ts'
import { SILENT } from '../../demo/importers/run-import.ts'
import { CHECKS } from '../../joining/conformance/conformance-command.ts'
import { writeText } from '../../joining/conformance/report.ts'
import { someOf } from '../share.ts'
import { type ConformanceWorld, checkAll, idsOf, openConformanceWorld } from './world.ts'

/** Our own node over the demo's records, with the demo's own file of Honduras: what a national team sees when it checks its node first. */

/** What cannot be tried there. */
const LACKING = [
  // Nobody names a second task force, or the service behind the node.
  ...['rows.second-task-force', 'rows.no-task-force'],
  // Honduras withholds small counts.
  'counts.order',
  // The classes of the ICCS are the United Nations'.
  ...['law.class-form', 'law.classes-by-codes', 'law.classes-under', 'law.classes-search'],
]

let world: ConformanceWorld
beforeAll(async () => {
  const settings = createSettings({ country: 'HN', persons: 30, cases: 60 })
  world = await openConformanceWorld((db) => loadCountry({ db, settings, progress: SILENT }))
})
afterAll(() => world?.close())

it('our own node passes each check with the demo’s records, and what is not tried needs what Honduras does not have', async () => {
  const node = await world.startNode(join(PROJECT_DIR, 'countries/HN.yaml'))
  const hidden = await world.db.query<{ id: string }>(
    'select id from persons.person where protected order by id limit 3',
  )
  const checks = someOf('checks of our own node', CHECKS)
  const results = await checkAll(
    node,
    node.ask,
    checks,
    hidden.map(({ id }) => id),
  )
  const failed = results.filter(({ findings }) => findings.length > 0)
  const facts = { country: 'HN', where: '', domains: [], results: failed, legs: 0, records: 0, ms: 0 }
  expect(failed.length === 0 ? '' : writeText(facts, 'en')).toBe('')
  expect(idsOf(results, 'NOT_TRIED')).toEqual(LACKING.filter((id) => checks.some((check) => check.id === id)))
})
