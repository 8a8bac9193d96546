import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { runCheck } from '../../joining/check/run-check.ts'
import { describeSync } from '../../joining/sync/report.ts'
import type { SyncResult } from '../../joining/sync/run-sync.ts'
import { type CountryTarget, createOldFiles, empty, type OldFiles, openCountryTarget, syncFiles } from './world.ts'

/** Times that say no zone: in which one `sync` reads them, and what it and `check` say if that is the wrong one. */

const mapping = (zone: string, recordedAt = 'recordedAt: registrado'): string => `
country: NI
${zone}
source: { csv: { file: casos.csv } }
provenance: { agency: { value: OJ }, handling: [H1], synthetic: true, sharedWith: ["*"] }
cases: { id: numero, ${recordedAt} }
`

let country: CountryTarget
let old: OldFiles
beforeAll(async () => {
  country = await openCountryTarget()
  old = await createOldFiles()
  // An application that writes UTC recorded this case two minutes ago.
  const written = new Date(Date.now() - 120_000).toISOString().slice(0, 19).replace('T', ' ')
  await writeFile(join(old.path, 'casos.csv'), `numero,registrado\nE-1,${written}\nE-2,2020-01-02 03:04:05\n`)
})
afterAll(async () => {
  await country.close()
  await old.remove()
})
beforeEach(() => empty(country.db))

async function sync(zone: string, recordedAt?: string): Promise<SyncResult> {
  await writeFile(old.mapping, mapping(zone, recordedAt))
  return syncFiles(country.target, old)
}

/** What `istmo check` says of the rows' times. */
async function checkTimes(): Promise<readonly string[]> {
  const options = { examples: 3, sample: 10, deadlineMs: 60_000 }
  const { findings } = await runCheck({ country: 'NI', db: country.db, only: ['rows'], options })
  return findings.flatMap(({ id, place, examples }) =>
    /FUTURE|RECORDED/.test(id) ? [`${id} ${place} ${examples}`] : [],
  )
}

const say = (result: SyncResult, language: 'en' | 'es'): string =>
  describeSync(result, {
    ...{ country: 'NI', dryRun: false, json: false, others: [], language },
  })

it('that are read in the only zone of the country, but are of another, lie in the future', async () => {
  const result = await sync('')
  expect(result.zone).toBe('America/Managua')
  expect(result.futureTimes).toEqual([{ kind: 'cases', field: 'recordedAt', rows: 1, hours: 6 }])
  expect(say(result, 'en')).toMatch(
    /were read as times of America\/Managua[\s\S]*WARNING: cases: recordedAt lies in the future, by up to 6 h \(rows: 1\)\..*«zone: UTC»/,
  )
  expect(say(result, 'es')).toMatch(
    /se leyeron como horas de America\/Managua[\s\S]*AVISO: cases: recordedAt está en el futuro, hasta por 6 h.*«zone: UTC»/,
  )
  expect(await checkTimes()).toEqual([
    'DATE_IN_FUTURE cases.case_file.recorded_at NI:E-1',
    'RECORDED_AFTER_CHANGE cases.case_file.changed_at NI:E-1',
  ])
})

it('are right after the mapping says their zone', async () => {
  await sync('')
  const result = await sync('zone: UTC')
  expect([result.zone, result.futureTimes]).toEqual(['UTC', []])
  expect(say(result, 'en')).not.toContain('WARNING')
  for (const language of ['en', 'es'] as const) expect(say(result, language)).not.toContain('zone: UTC')
  expect(await checkTimes()).toEqual([])
})

it('are foreseen in a dry run', async () => {
  await writeFile(old.mapping, mapping(''))
  const result = await syncFiles(country.target, old, { isDryRun: true })
  expect(result.futureTimes).toHaveLength(1)
})

it.each([
  ['that say their zone', 'recordedAt: { value: "2026-01-02T03:04:05Z" }'],
  ['of the run', 'court: numero'],
])('%s need none, so nothing is said of it', async (_name, recordedAt) => {
  const result = await sync('', recordedAt)
  expect([result.zone, result.futureTimes]).toEqual([null, []])
  expect(say(result, 'en')).not.toMatch(/zone|WARNING/)
})
