import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NAME_PAIRS } from '../../tests/names/name-pairs.ts'
import { HELD_OUT_NAME_PAIRS } from '../../tests/names/name-pairs-held-out.ts'
import { readAs } from '../kit/read-as.ts'
import { compile, sql } from '../kit/sql.ts'
import { openTestDatabase, TEST_SIGHT, type TestDatabase } from '../kit/testing.ts'
import { matchPages } from './matches.ts'
import { personsModule } from './module.ts'
import { bandOf, type MatchKey } from './search.ts'

/** The search for names against pairs that a person judged, on the real SQL. */

/** The least share of matches found that are right, and of right matches that are found. */
const LEAST = { precision: 0.97, recall: 0.97, heldOut: 0.95 } as const

interface NamePair {
  readonly category: string
  readonly recorded: string
  readonly searched: string
  readonly verdict: 'S' | 'W' | '+' | '-'
}

function readPairs(text: string): readonly NamePair[] {
  let category = ''
  return text.split('\n').flatMap((line): NamePair[] => {
    if (line.startsWith('# ')) category = line.slice(2)
    const read = /^(.+?) = (.+) : ([SW+-])$/.exec(line)
    if (!read && line !== '' && !line.startsWith('# '))
      throw new Error(`expected «recorded = searched : verdict»; came «${line}»`)
    if (!read) return []
    const [, recorded = '', searched = '', verdict] = read
    return [{ category, recorded, searched, verdict: verdict as NamePair['verdict'] }]
  })
}

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase([personsModule], 'GT')
})
afterAll(() => database?.close())

/** Returns the band in which each pair's search finds the pair's record, `-` for none. */
async function findBands(pairs: readonly NamePair[]): Promise<readonly string[]> {
  const { db } = database
  await db.query('delete from persons.person')
  const rows = pairs.map(({ recorded }, i) => {
    const [given, surnames] = recorded.split(' / ')
    const both = surnames === undefined ? null : surnames.split(', ')
    return {
      id: `GT:${i}`,
      full: surnames === undefined ? recorded : `${given} ${both?.join(' ')}`,
      given: both && given?.split(' '),
      surnames: both,
      // A nationality of its own lets each search look at one record only.
      nationality: `N${i}`,
    }
  })
  await db.query(
    `insert into persons.person (id, nationalities, agency, handling, recorded_at, synthetic)
     select r->>'id', array[r->>'nationality'], 'MP', '{H1}', now(), true from jsonb_array_elements($1::jsonb) r`,
    [JSON.stringify(rows)],
  )
  await db.query(
    `insert into persons.person_name (person_id, ordinal, category, full_name, given_names, surnames)
     select r->>'id', 1, 'LEGAL', r->>'full',
       (select array_agg(v order by i) from jsonb_array_elements_text(nullif(r->'given', 'null')) with ordinality u(v, i)),
       (select array_agg(v order by i) from jsonb_array_elements_text(nullif(r->'surnames', 'null')) with ordinality u(v, i))
     from jsonb_array_elements($1::jsonb) r`,
    [JSON.stringify(rows)],
  )
  const reader = readAs(db, TEST_SIGHT)
  const bands: string[] = []
  for (const [i, { searched }] of pairs.entries()) {
    const search = { name: searched, nationality: `N${i}` }
    const { source } = await matchPages(reader, search, { first: 1, after: null, order: 'BEST_MATCH' })
    const { text, params } = compile(sql`select ${source.select} from ${source.from}`)
    const [found] = await reader.query<{ matchKey: MatchKey }>(text, params)
    bands.push(found === undefined ? '-' : bandOf(found.matchKey).slice(0, 1))
  }
  return bands
}

interface Measured {
  readonly precision: number
  readonly recall: number
  readonly wrong: readonly string[]
  readonly wrongBands: readonly string[]
}

function measure(pairs: readonly NamePair[], bands: readonly string[]): Measured {
  const found = pairs.filter((_, i) => bands[i] !== '-')
  const right = pairs.filter(({ verdict }) => verdict !== '-')
  const both = found.filter(({ verdict }) => verdict !== '-').length
  const describePair = (pair: NamePair): string =>
    `${pair.category}: ${pair.recorded} = ${pair.searched} : ${pair.verdict}, came ${bands[pairs.indexOf(pair)]}`
  return {
    precision: both / found.length,
    recall: both / right.length,
    wrong: pairs.filter(({ verdict }, i) => (verdict === '-') !== (bands[i] === '-')).map(describePair),
    wrongBands: pairs
      .filter(({ verdict }, i) => /[SW]/.test(verdict) && bands[i] !== '-' && bands[i] !== verdict)
      .map(describePair),
  }
}

describe('the search for names', () => {
  it('finds the pairs that a person holds to be one name, and not the others', async () => {
    const pairs = readPairs(NAME_PAIRS)
    expect(pairs.length).toBeGreaterThanOrEqual(400)
    const { precision, recall, wrong, wrongBands } = measure(pairs, await findBands(pairs))

    expect(precision, wrong.join('\n')).toBeGreaterThanOrEqual(LEAST.precision)
    expect(recall, wrong.join('\n')).toBeGreaterThanOrEqual(LEAST.recall)
    expect(wrongBands).toEqual([])
  })

  it('does so for pairs on which nothing was tuned', async () => {
    const pairs = readPairs(HELD_OUT_NAME_PAIRS)
    expect(pairs.length).toBeGreaterThanOrEqual(150)
    const { precision, recall, wrong, wrongBands } = measure(pairs, await findBands(pairs))

    expect(precision, wrong.join('\n')).toBeGreaterThanOrEqual(LEAST.heldOut)
    expect(recall, wrong.join('\n')).toBeGreaterThanOrEqual(LEAST.heldOut)
    expect(wrongBands.length, wrongBands.join('\n')).toBeLessThanOrEqual(3)
  })
})
