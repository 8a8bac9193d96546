/** Tasks 8, 9 and 11 of docs/console.md: a dossier over three identities, the law of two countries, and an export that a command verifies. */
import { hash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Download, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { authorityHomeIn } from '../../../demo/authority/authorities.ts'
import { homeIn } from '../../../demo/home.ts'
import { auditHere, type Ended, istmo } from '../../audit-cli/istmo.ts'
import { handOf } from '../console-hand.ts'
import { searchFor } from '../console-rows.ts'
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
import { placeOfLog } from '../demo-logs.ts'

const world = inject('world')
const consoles = useConsoles()

describe.each(settingsOf(DESK))('a dossier in $name', (setting) => {
  const PERSON = 'GT:P-000001'
  const RECORD = 'query ($id: ID!) { person(id: $id) { names { full } sameAs { id } } }'
  interface Named {
    readonly person: { readonly names: readonly { full: string }[]; readonly sameAs: readonly { id: string }[] }
  }

  /** Asks for a record and for all that are said to be the same person, in any number of steps. */
  async function askIdentities(first: string): Promise<ReadonlyMap<string, Named['person']>> {
    const found = new Map<string, Named['person']>()
    const left = [first]
    for (const id of left) {
      const { data } = await askGateway<Named>(RECORD, { id })
      found.set(id, data.person)
      left.push(...data.person.sameAs.map((other) => other.id).filter((other) => !left.includes(other)))
    }
    return found
  }

  it('has three identities, each with the names of its country and who says that it is the same person', async () => {
    const identities = await askIdentities(PERSON)
    expect(identities.size).toBe(3)
    const full = identities.get(PERSON)?.names[0]?.full ?? ''
    const story = await consoles.open(setting)
    const { page, words } = story
    await searchFor(story, full)
    await handOf(story).press(page.locator('tbody tr', { hasText: PERSON }).getByRole('link'))
    await page.getByRole('heading', { level: 1, name: full }).waitFor()
    const table = page.getByRole('table', { name: words('person.identities'), exact: true })
    await table.locator('thead th').nth(3).waitFor()
    await waitForAnswers(page)
    const columns = await table.locator('thead th code').allInnerTexts()
    const names = await table.locator('tbody tr').first().locator('td').allTextContents()
    const note = await page.locator('.identities .panel-head').textContent()
    const sayers = [...identities].filter(([, { sameAs }]) => sameAs.length === identities.size - 1)
    expect(sayers).toHaveLength(identities.size)
    const countries = sayers.map(([id]) => id.slice(0, 2)).sort()
    expect(note).toContain(fill(words('person.sayTheSame'), { countries: countries.join(', ') }))
    for (const [id, person] of identities) {
      const name = names[columns.indexOf(id)]?.replace(/^≠ /, '')
      expect([id, name]).toEqual([id, person.names.map((each) => each.full).join(' · ')])
    }
    expect(await table.locator('thead th').count()).toBe(identities.size + 1)
    await expectUsable(story)
    expect(story.complaints).toEqual([])
  })
})

describe.each(settingsOf(DESK))('the law of two countries in $name', (setting) => {
  const LAW = `query ($countries: [CountryCode!]!, $iccs: IccsCode!) {
    legalInstruments(binding: $countries) { instruments { id title titleEs iccs asOf participations(countries: $countries) { country boundOn } } }
    dualCriminality(iccs: $iccs, countries: $countries) { satisfied perCountry { country statutes { id } } }
  }`
  interface Law {
    readonly legalInstruments: { readonly instruments: readonly Instrument[] }
    readonly dualCriminality: {
      readonly satisfied: boolean | null
      readonly perCountry: readonly { readonly country: string; readonly statutes: readonly { id: string }[] }[]
    }
  }
  interface Instrument {
    readonly id: string
    readonly title: string
    readonly titleEs: string | null
    readonly iccs: readonly string[] | null
    readonly asOf: string | null
    readonly participations: readonly { readonly country: string; readonly boundOn: string }[]
  }

  it('says which treaties bind both since when, and whether a conduct is an offence in both', async () => {
    const story = await consoles.open(setting)
    const { page, words } = story
    await handOf(story).press(page.getByRole('link', { name: words('rooms.law'), exact: true }))
    const verdicts: (boolean | null)[] = []
    for (const { iccs, other } of [
      { iccs: '07041', other: 'SV' },
      { iccs: '07035', other: 'HN' },
    ]) {
      const { data } = await askGateway<Law>(LAW, { countries: ['GT', other], iccs })
      await askLaw(story, other, iccs)
      expect(await readTreaties(page)).toEqual(
        wordTreaties(
          story,
          data.legalInstruments.instruments.filter((each) => isAbout(each, iccs)),
          other,
        ),
      )
      const { satisfied, perCountry } = data.dualCriminality
      const verdict = satisfied === null ? words('law.unknown') : satisfied ? words('law.yes') : words('law.no')
      const dual = page.locator('section[aria-labelledby=dual]')
      expect(await dual.locator('strong').textContent()).toBe(verdict)
      expect(await dual.locator('li code').allInnerTexts()).toEqual(
        perCountry.flatMap(({ statutes }) => statutes.map(({ id }) => id)),
      )
      verdicts.push(satisfied)
    }
    expect(verdicts).toContain(true)
    await expectUsable(story)
    expect(story.complaints).toEqual([])
  })

  /** A day as people of the language write it. */
  function writeDay(day: string): string {
    const form = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const
    return new Date(day).toLocaleDateString(setting.language === 'es' ? 'es-GT' : 'en-GB', form)
  }

  /** Whether a treaty is about a class: about any conduct, or about one above it or below it. */
  const isAbout = ({ iccs }: Instrument, asked: string): boolean =>
    !iccs?.length || iccs.some((code) => code.startsWith(asked) || asked.startsWith(code))

  function writeMonth(day: string): string {
    const form = { month: 'long', year: 'numeric', timeZone: 'UTC' } as const
    return new Date(day).toLocaleDateString(setting.language === 'es' ? 'es-GT' : 'en-GB', form)
  }

  /** Fills the form, and waits for the answer. */
  async function askLaw(story: Story, other: string, iccs: string): Promise<void> {
    const { page, words } = story
    const hand = handOf(story)
    await hand.choose(page.getByLabel(words('law.second')), nameCountry(setting.language, other))
    await hand.type(page.getByLabel(words('cases.iccs')), iccs)
    await hand.press(page.getByRole('button', { name: words('law.ask') }))
    await waitForAnswers(page)
    await page.locator('section[aria-labelledby=dual]').waitFor()
  }

  const readTreaties = (page: Page): Promise<readonly string[]> =>
    page
      .locator('section[aria-labelledby=treaties] > table > tbody > tr')
      .evaluateAll((rows) =>
        rows.map((row) =>
          [row.querySelector('th'), ...row.querySelectorAll('td')]
            .map((cell) =>
              [...(cell?.querySelectorAll('details') ?? [])]
                .reduce((text, { textContent }) => text.replace(textContent ?? '', ''), cell?.textContent ?? '')
                .trim(),
            )
            .join(' · '),
        ),
      )

  function boundSince(participations: Instrument['participations'], code: string, none: string): string {
    const found = participations.find(({ country }) => country === code)
    return found === undefined ? none : writeDay(found.boundOn)
  }

  function wordTreaties({ words }: Story, instruments: readonly Instrument[], other: string): readonly string[] {
    return instruments.map(({ id, title, titleEs, asOf, participations }) => {
      const bound = ['GT', other].map((code) => boundSince(participations, code, words('common.none')))
      const known = asOf === null ? [words('common.none')] : [fill(words('law.asOf'), { month: writeMonth(asOf) })]
      const name = setting.language === 'es' ? (titleEs ?? title) : title
      return [`${name} ${id}`, ...bound, ...known].join(' · ')
    })
  }
})

describe.each(settingsOf(DESK))('an export in $name', (setting) => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'istmo-export-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  const audit = (...args: string[]) => istmo(['audit', ...args], folder)

  it('is verified by the commands that docs/authority.md names, until somebody changes a cell', async () => {
    const story = await consoles.open(setting)
    const { page, words } = story
    const hand = handOf(story)
    await hand.press(page.getByRole('link', { name: words('rooms.cases'), exact: true }))
    await hand.press(page.getByRole('button', { name: words('cases.apply') }))
    await waitForAnswers(page)
    const ids = (await readTable(page, words('cases.title'))).map(([, id]) => id)
    await hand.press(page.getByRole('button', { name: words('export.menu'), exact: true }))
    const file = await keep(story, words('export.as.csv'), 'cases.csv')
    const sha256 = hash('sha256', await readFile(file), 'hex')

    const { auditLog, trustPolicy } = authorityHomeIn(homeIn(world.home).authorities, 'GT')
    const proved = await proveSoon(sha256, join(auditLog, 'log'), trustPolicy)
    expect(proved).toContain('authority-gt')
    const check = ['check-file', 'cases.csv', '--proof', `${sha256}.tlog-proof`, '--policy', trustPolicy]
    const good = await audit(...check)
    expect(good.stdout).toContain('HOLDS: this is the file of the entry, byte by byte, and the entry is in the log.')
    expect([good.code, good.stderr]).toEqual([0, ''])
    expect((await audit('check', `${sha256}.tlog-proof`, '--policy', trustPolicy)).code).toBe(0)
    // The questions that gave the records stand in the gateway's log.
    const gateway = placeOfLog(world.home, 'gateway')
    const requests = [...good.stdout.matchAll(/from the request ([\da-f-]{36}) at/g)].map(([, id = '']) => id)
    expect(requests.length).toBeGreaterThan(0)
    for (const id of requests) await proveSoon(id, gateway.folder, gateway.policy)

    const text = await readFile(file, 'utf8')
    const first = ids[0] ?? ''
    expect(
      text
        .split('\r\n')
        .slice(1, ids.length + 1)
        .map((line) => line.split(',')[0]),
    ).toEqual(ids)
    await writeFile(file, text.replace(first, `${first.slice(0, -1)}${first.endsWith('9') ? '8' : '9'}`))
    const bad = await audit(...check)
    expect(bad.code).toBe(1)
    expect(bad.stdout).toContain(`: expected ${sha256}, came`)
    expect(bad.stdout).toContain('DOES NOT HOLD.')
    expect(story.complaints).toEqual([])
  })

  /** Exports, and keeps the file. */
  async function keep(story: Story, label: string, name: string): Promise<string> {
    const saved: Promise<Download> = story.page.waitForEvent('download')
    await handOf(story).press(story.page.getByRole('menuitem', { name: label }))
    const file = join(folder, name)
    await (await saved).saveAs(file)
    return file
  }

  /** Proves an entry as soon as the log has published it. */
  async function proveSoon(entry: string, log: string, policy: string): Promise<string> {
    let last: Ended | undefined
    const prove = async () => {
      last = await auditHere(['prove', entry, '--log', log, '--policy', policy], folder)
      return last.code
    }
    await expect.poll(prove, { interval: 500 }).toBe(0)
    return last?.stdout ?? ''
  }
})
