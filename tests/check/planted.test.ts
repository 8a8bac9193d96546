import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DOMAINS } from '../../contract/domain.ts'
import type { CheckOptions } from '../../joining/check/context.ts'
import { FINDINGS, type Finding } from '../../joining/check/finding.ts'
import { type PartName, runCheck } from '../../joining/check/run-check.ts'
import { loadDomains } from '../../subgraphs/domains.ts'
import { openTestDatabase, type TestDatabase } from '../../subgraphs/kit/testing.ts'
import { oneOfEach } from '../share.ts'
import { FAULTS } from './planted-faults.ts'
import { RULES, SOUND, WITHOUT_CONSTRAINTS } from './sound-country.ts'
import { expectSpanish } from './spanish.ts'

/** Each fault that is planted in the database of a country is found, once, by its own id, and nothing else is. */

const ROWS: readonly PartName[] = ['schema', 'visibility', 'rows', 'references', 'derived']

let database: TestDatabase
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'istmo-check-'))
  writeFileSync(join(folder, 'NI.yaml'), RULES)
  database = await openTestDatabase(await loadDomains(DOMAINS), 'NI')
  await database.db.execute(WITHOUT_CONSTRAINTS)
  await database.db.execute(SOUND)
})
afterAll(async () => {
  await database?.close()
  rmSync(folder, { recursive: true })
})

async function check(only: readonly PartName[], options: Partial<CheckOptions> = {}): Promise<readonly Finding[]> {
  const { findings } = await runCheck({
    ...{ country: 'NI', db: database.db, only },
    options: { rules: join(folder, 'NI.yaml'), examples: 3, sample: 10, deadlineMs: 60_000, ...options },
  })
  return findings
}

it('in a sound country nothing is found', async () => {
  expect(await check([...ROWS, 'clock', 'search', 'timings'])).toEqual([])
})

/** `npm run test:full` looks at all parts after each fault, the usual run at those that could find it. CI plants one fault for each finding. */
const READS_ALL = process.env.ISTMO_CHECK_STEP === '1'
const PLANTED = oneOfEach(FAULTS, ({ finding }) => finding.id)

function partsFor({ id }: Finding): readonly PartName[] {
  if (READS_ALL) return ROWS
  if (/^(INDEX|MIGRATION)/.test(id)) return ['schema']
  return /^(TABLE_OPEN|PROTECTED|READER)/.test(id) ? ['visibility'] : ['rows', 'references', 'derived']
}

describe('a planted fault is the only finding:', () => {
  it.each(PLANTED)('$what', async ({ sql, undo, finding }) => {
    await database.db.execute(sql)
    try {
      const found = await check(partsFor(finding))
      expect(found.map(({ id, place }) => `${id} ${place}`)).toEqual([`${finding.id} ${finding.place}`])
      expect(found[0]).toMatchObject(finding)
      expectSpanish(found)
    } finally {
      if (undo !== undefined) await database.db.execute(undo)
      await database.db.execute(SOUND)
    }
  })

  it('and after all of them the country is sound again', async () => {
    expect(await check(ROWS)).toEqual([])
  })
})

it('a function that shows a task force what is shared with others is found, although each policy has the text of the migrations', async () => {
  const [row] = await database.db.query<{ text: string }>(
    `select pg_get_functiondef('istmo.sees(text[], text[])'::regprocedure) as text`,
  )
  await database.db.execute(`create or replace function istmo.sees(shared_with text[], handling text[]) returns boolean
    language sql stable parallel safe as $$ select istmo.task_force() <> '' $$`)
  const found = await check(['visibility'])
  await database.db.execute(row?.text ?? '')
  expect(found.map(({ id, place }) => `${id} ${place}`)).toEqual(['TABLE_OPEN istmo.sees'])
  expect(await check(['visibility'])).toEqual([])
})

it('of each finding only as many rows are named as were asked for, and no name of a person', async () => {
  await database.db.execute(`update cases.participant set role = 'X'; update persons.person set sex = 'Z'`)
  const found = await check(['rows'], { examples: 1 })
  await database.db.execute(SOUND)
  expect(
    found.filter(({ id }) => id === 'VALUE_UNKNOWN').map(({ count, examples }) => [count, examples?.length]),
  ).toEqual([
    [4, 1],
    [3, 1],
  ])
  expect(JSON.stringify(found)).not.toMatch(/Peñaranda|Altamirano|Urtecho/)
})

describe('the search', () => {
  it('that lost its keys is an error, with the ids and without the names', async () => {
    await database.db.execute(`alter function persons.recorded_words(text[], boolean[]) rename to recorded_words_kept;
      create function persons.recorded_words(words text[], slips boolean[]) returns table (asked text, asked_sound text, word text, sound text)
        language sql stable as 'select * from persons.recorded_words_kept(words, slips) limit 0'`)
    const found = await check(['search'])
    await database.db.execute(`drop function persons.recorded_words(text[], boolean[]);
      alter function persons.recorded_words_kept(text[], boolean[]) rename to recorded_words`)
    expect(found.map(({ id, details }) => [id, details?.way])).toContainEqual([
      'SEARCH_MISSES',
      { en: 'exact', es: 'exacto' },
    ])
    expectSpanish(found)
    expect(JSON.stringify(found)).not.toMatch(/Peñaranda|Altamirano/)
    expect(await check(['search'])).toEqual([])
  })
})

describe('timings', () => {
  it('are late beside a deadline that is over', async () => {
    const found = await check(['timings'], { deadlineMs: -1 })
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set(['ANSWER_LATE']))
    expect(found.map(({ place }) => place)).toContain('Query.personHits')
  })

  it('name a question that fails', async () => {
    await database.db.execute('alter table cases.linked_case rename to gone')
    const found = await check(['timings'])
    await database.db.execute('alter table cases.gone rename to linked_case')
    expect(found.map(({ id, place }) => `${id} ${place}`)).toEqual(['ANSWER_FAILS Query.case'])
  })
})

it('a database of another country, and one without tables, are one finding each, and nothing is read of them', async () => {
  const run = async (country: string) => {
    const options = { examples: 3, sample: 10, deadlineMs: 60_000 }
    const result = await runCheck({ country, db: database.db, only: ['rows', 'schema'], options })
    return result.findings.map(({ id, place }) => `${FINDINGS[id]} ${id} ${place}`)
  }
  const notChecked = ['note NOT_CHECKED schema', 'note NOT_CHECKED rows']
  expect(await run('HN')).toEqual(['error DATABASE_OF_OTHER_COUNTRY database', ...notChecked])
})
