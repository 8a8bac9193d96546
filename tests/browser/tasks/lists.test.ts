/** Tasks 4, 6 and 7 of docs/console.md: cases of organised crime to the end, a list of 200 names from a file, and counts with withheld cells. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { handOf } from '../console-hand.ts'
import {
  askGateway,
  DESK,
  expectUsable,
  fill,
  nameCountry,
  readTable,
  type Story,
  settingsOf,
  useConsoles,
  waitForAnswers,
} from '../console-story.ts'

/** How many rows *Cases* shows at first. */
const FIRST_PAGE = 50

const consoles = useConsoles()
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-lists-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe.each(settingsOf(DESK))('lists, in $name', (setting) => {
  it('are whole: cases to the end, persons of a file, and counts that say what is withheld', async () => {
    const story = await consoles.open(setting)
    await fetchAllCases(story)
    await askForList(story)
    await countCases(story)
    expect(story.complaints).toEqual([])
  })
})

interface CasesPage {
  readonly cases: {
    readonly edges: readonly { readonly node: { readonly id: string } }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

/** Asks for cases page by page, as a program would. */
async function askCases(filter: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  const ids: string[] = []
  for (let after: string | null = null; ; ) {
    const query = `query ($filter: CaseFilter, $after: String) { cases(filter: $filter, first: 100, after: $after) {
      edges { node { id } } pageInfo { hasNextPage endCursor } } }`
    const { data }: { data: CasesPage } = await askGateway<CasesPage>(query, { filter, after })
    ids.push(...data.cases.edges.map(({ node }) => node.id))
    if (!data.cases.pageInfo.hasNextPage) return ids
    after = data.cases.pageInfo.endCursor
  }
}

async function fetchAllCases(story: Story): Promise<void> {
  const { page, words } = story
  const hand = handOf(story)
  await hand.press(page.getByRole('link', { name: words('rooms.cases'), exact: true }))
  await hand.date(page.getByLabel(words('cases.from')), '2023-01-01')
  await hand.date(page.getByLabel(words('cases.to'), { exact: true }), '2024-12-31')
  await hand.check(page.getByLabel(words('cases.organised')))
  const filter = { filedFrom: '2023-01-01', filedTo: '2024-12-31', organisedCrime: true }
  expect(await fetchToTheEnd(story, filter)).toBeGreaterThan(FIRST_PAGE)
  await expectUsable(story)
  // Homicide, and what stands below serious assault.
  await hand.type(page.getByLabel(words('cases.iccs')), '0101, 0205')
  expect(await fetchToTheEnd(story, { ...filter, iccs: ['0101', '0205'] })).toBeGreaterThan(0)
}

/** Asks for the cases that the form says, fetches all, and compares them with those of a plain question. Returns how many there are. */
async function fetchToTheEnd(story: Story, filter: Readonly<Record<string, unknown>>): Promise<number> {
  const { page, words } = story
  const hand = handOf(story)
  await hand.press(page.getByRole('button', { name: words('cases.apply') }))
  await waitForAnswers(page)
  const expected = await askCases(filter)
  if (expected.length > FIRST_PAGE) {
    const all = page.getByRole('button', { name: words('common.all') })
    await hand.press(all)
    // While it fetches, the same button stops it.
    await all.or(page.getByRole('button', { name: words('common.stop') })).waitFor({ state: 'detached' })
    await waitForAnswers(page)
  }
  const rows = await readTable(page, words('cases.title'))
  expect(rows.map((cells) => cells[1])).toEqual(expected)
  const said = page.locator('main .actions > [role=status]', { hasText: /^\d/ })
  expect(await said.textContent()).toMatch(new RegExp(`^${expected.length} `))
  return expected.length
}

interface ListHits {
  readonly personListHits: {
    readonly hits: readonly {
      readonly item: number
      readonly country: string
      readonly band: 'EXACT_IDENTIFIER' | 'STRONG' | 'WEAK'
      readonly contactPoint: string
    }[]
  }
}

interface Known {
  readonly person: { readonly names: readonly { readonly full: string }[] | null; readonly birthDate: string | null }
}

/** Persons whom some country knows, so that they are hits. */
async function findKnown(): Promise<readonly { readonly name: string; readonly birthDate: string }[]> {
  const ids = ['GT', 'HN', 'SV'].flatMap((code) => Array.from({ length: 8 }, (_, at) => `${code}:P-00000${at + 1}`))
  const found = []
  for (const id of ids) {
    const { data } = await askGateway<Known>('query ($id: ID!) { person(id: $id) { names { full } birthDate } }', {
      id,
    })
    const name = data.person?.names?.[0]?.full
    if (name !== undefined && data.person.birthDate !== null) found.push({ name, birthDate: data.person.birthDate })
  }
  return found
}

async function askForList(story: Story): Promise<void> {
  const { page, words, setting } = story
  const hand = handOf(story)
  const known = await findKnown()
  expect(known.length).toBeGreaterThanOrEqual(5)
  const persons = Array.from({ length: 200 }, (_, at) => {
    const planted = at % 9 === 4 ? known[Math.floor(at / 9)] : undefined
    // Of one date, a caller may ask twenty names a day.
    return planted ?? { name: `Zwxq Kjhgv${'abcdefghij'[at % 10]}${at} Vbnmq`, birthDate: `${1931 + (at % 20)}-02-03` }
  })
  const lines = persons.map(({ name, birthDate }) => `${name};${birthDate}`)
  const file = join(folder, 'lista.csv')
  await writeFile(file, `\uFEFF${['nombre;nacimiento', ...lines, 'Ana Paz;ayer'].join('\r\n')}\r\n`)

  await hand.press(page.getByRole('link', { name: words('rooms.lists'), exact: true }))
  await hand.open(page.getByLabel(words('lists.file')), file)
  await page.getByText(fill(words('lists.problems_one'), { count: 1 })).waitFor()
  await hand.press(page.getByRole('button', { name: fill(words('lists.ask_other'), { count: 200 }) }))
  await waitForAnswers(page)
  const { data } = await askGateway<ListHits>(
    'query ($searches: [PersonHitSearch!]!) { personListHits(searches: $searches) { hits { item country band contactPoint } } }',
    { searches: persons },
  )
  const all = await readTable(page, words('lists.title'))
  // Every line comes back, also those that nobody knows and the one that was not asked.
  expect(new Set(all.map(([, name]) => name))).toEqual(new Set([...persons.map(({ name }) => name), 'Ana Paz']))
  expect(all.find(([, name]) => name === 'Ana Paz')?.[3]).toBe(words('lists.result.DATE_WRONG'))
  const rows = all.filter((cells) => cells[3] === words('lists.result.HIT'))
  for (const { item, country, band, contactPoint } of data.personListHits.hits) {
    const [, , , , match, called] = rows.find(([, name]) => name === persons[item]?.name) ?? []
    expect(match).toContain(nameCountry(setting.language, country))
    expect(match).toContain(words(`band.${band}`))
    expect(called).toContain(contactPoint ?? '')
  }
  // All who were planted are known somewhere, and nobody else.
  expect(new Set(rows.map(([, name]) => name))).toEqual(new Set(known.map(({ name }) => name)))
  await expectUsable(story)
}

interface Counts {
  readonly caseCounts: {
    readonly counts: readonly {
      readonly country: string
      readonly iccs: string
      readonly year: number
      readonly cases: number
    }[]
    readonly ranges: readonly {
      readonly country: string
      readonly from: string | null
      readonly until: string | null
    }[]
    readonly withheldBy: readonly string[]
    readonly outcomes: readonly { readonly country: string; readonly reach: string }[]
  }
}

async function countCases(story: Story): Promise<void> {
  const { page, words, setting } = story
  const hand = handOf(story)
  await hand.press(page.getByRole('link', { name: words('rooms.counts'), exact: true }))
  await hand.choose(page.getByLabel(words('counts.rows')), words('counts.byClass'))
  await hand.press(page.getByRole('button', { name: words('counts.show'), exact: true }))
  await waitForAnswers(page)
  await page.locator('.bar-cell rect').first().waitFor()
  const { data } = await askGateway<Counts>(
    '{ caseCounts(level: 1, by: YEAR) { counts { country iccs year cases } ranges { country from until } withheldBy outcomes { country reach } } }',
  )
  const { counts, withheldBy, ranges } = data.caseCounts
  expect(withheldBy.length).toBeGreaterThan(0)
  const shown = await readCounts(page, words('counts.title'), (name) =>
    data.caseCounts.outcomes.map(({ country }) => country).find((code) => nameCountry(setting.language, code) === name),
  )
  const expected = new Map(counts.map(({ year, iccs, country, cases }) => [`${year} ${iccs} ${country}`, cases]))
  const withheld = shown.filter(({ cell }) => cell === words('counts.cell.withheld'))
  expect(withheld.length).toBeGreaterThan(0)
  for (const { key, cell } of shown) {
    const country = key.slice(-2)
    const range = ranges.find((each) => each.country === country)
    const isInside =
      range?.from == null || range.until == null || (range.from.slice(0, 4) <= key && key.slice(0, 4) <= range.until)
    const none = withheldBy.includes(country) ? words('counts.cell.withheld') : '0'
    const reach = data.caseCounts.outcomes.find((each) => each.country === country)?.reach
    if (!isInside || reach === 'NOT_PUBLISHED') {
      expect([key, cell]).toEqual([key, words(`counts.cell.${isInside ? 'not-published' : 'outside'}`)])
      continue
    }
    expect([key, cell]).toEqual([key, String(expected.get(key) ?? none)])
  }
  expect(new Set(shown.map(({ key }) => key)).size).toBe(shown.length)
  expect(shown.filter(({ key }) => expected.has(key))).toHaveLength(expected.size)
  await expectUsable(story)
}

/** Reads the table of counts by class: what each cell says of a year, a class and a country. A cell may stand for years beside each other. */
async function readCounts(page: Page, title: string, codeOf: (name: string) => string | undefined) {
  const table = page.getByRole('table', { name: title })
  const years = (await table.locator('thead tr').last().locator('th .unseen').allTextContents()) as readonly string[]
  const rows = await table.locator('tbody tr').evaluateAll((lines) =>
    lines.map((line) => ({
      head: line.querySelector('th')?.textContent ?? '',
      isClass: line.classList.contains('class-head'),
      country: line.querySelector('th .unseen')?.textContent ?? '',
      cells: [...line.querySelectorAll('td')].flatMap((cell) =>
        Array<string>(Number(cell.getAttribute('colspan') ?? 1)).fill(
          (cell.querySelector('.unseen') ?? cell).textContent ?? '',
        ),
      ),
    })),
  )
  let iccs = ''
  return rows.flatMap(({ head, isClass, country, cells }) => {
    if (isClass) iccs = head.slice(0, 2)
    return isClass
      ? []
      : years.map((year, at) => ({ key: `${year} ${iccs} ${codeOf(country)}`, cell: cells[at] ?? '' }))
  })
}
