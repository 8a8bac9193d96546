/**
 * Tasks 10 and 14 of docs/console.md: a purpose that changes while one works, and a session that ends meanwhile. And mandates that are bound to one case.
 */
import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Page, Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { verifyQuestion } from '../../../contract/trust/question-statement.ts'
import { disclose } from '../../../contract/trust/sd-jwt.ts'
import { handOf } from '../console-hand.ts'
import { readRowIds, searchFor } from '../console-rows.ts'
import {
  DESK,
  expectUsable,
  fill,
  type Setting,
  type Story,
  settingsOf,
  TELEPHONE,
  useConsoles,
  waitForAnswers,
  waitForStanding,
} from '../console-story.ts'
import { readGrounds } from '../demo-logs.ts'
import { type SignedMandates, signMandates } from '../demo-mandates.ts'

const world = inject('world')
const consoles = useConsoles()
const CASE = 'GT:MP001-2026-1234'

/** The questions that went out from a page. */
function listQuestions(page: Page): Request[] {
  const questions: Request[] = []
  page.on('request', (request) => {
    if (request.url() === world.url && request.method() === 'POST') questions.push(request)
  })
  return questions
}

/** The requests that the details of the line name: one, or several if a country is slow and is asked by itself. */
async function readRequestIds(story: Story): Promise<readonly string[]> {
  const { page, words } = story
  const hand = handOf(story)
  const details = page.getByRole('button', { name: words('line.details') })
  if ((await details.getAttribute('aria-expanded')) !== 'true') await hand.press(details)
  const ids = ((await page.locator('#line-details .ids').textContent()) ?? '').split(', ')
  for (const id of ids) expect(id).toMatch(/^[\da-f-]{36}$/)
  await hand.press(details)
  return ids
}

/** What the bar says of something, such as the purpose. */
async function readBar({ page }: Story, term: string): Promise<string> {
  const fact = page.locator('.bar dl > div', { has: page.getByText(term, { exact: true }) })
  return (await fact.locator('dd').textContent()) ?? ''
}

describe.each(settingsOf(DESK))('a session that ends in $name', (setting) => {
  /** A minute before a sign-in of an hour is over, it counts as ended. */
  const NEARLY_AN_HOUR_MS = 59.5 * 60_000

  it('says so, keeps what is there, and goes on with the question that waited once a window has renewed it', async () => {
    const story = await openWithClock(setting)
    const { page, words, context } = story
    await searchFor(story, 'Erick Ramirez Guzman')
    const [rows, until] = [await readRowIds(page), await readBar(story, words('bar.until'))]
    const questions = listQuestions(page)
    await handOf(story).type(page.getByLabel(words('search.name')), 'Jorge Alberto Funes')
    await context.clock.fastForward(NEARLY_AN_HOUR_MS)

    const notice = page.getByRole('alert').filter({ hasText: words('ended.title') })
    await notice.waitFor()
    expect(await readRowIds(page)).toEqual(rows)
    expect(await page.getByLabel(words('search.name')).inputValue()).toBe('Jorge Alberto Funes')
    await expectUsable(story)
    // The question waits: nobody is asked for a token or a row that would be refused.
    await page.keyboard.press('Enter')
    await page.locator('.line .chip.asking').first().waitFor()
    await page.waitForTimeout(500)
    expect(questions).toEqual([])

    const renewing = context.waitForEvent('page')
    await handOf(story).press(page.getByRole('button', { name: words('ended.renew') }))
    const window = await renewing
    if (!window.isClosed()) await window.waitForEvent('close')
    await notice.waitFor({ state: 'detached' })
    await page.locator('main tbody tr').first().waitFor()
    await waitForAnswers(page)
    const found = await readRowIds(page)
    expect(found.length).toBeGreaterThan(0)
    expect(found).not.toEqual(rows)
    expect(await page.getByLabel(words('search.name')).inputValue()).toBe('Jorge Alberto Funes')
    expect(await readBar(story, words('bar.until'))).not.toBe(until)
    expect(story.complaints).toEqual([])
  })

  /** Signs in at a console whose clock the test can move. The servers keep the real one. */
  async function openWithClock(look: Setting): Promise<Story> {
    const story = await consoles.begin(look)
    await story.context.clock.install()
    await story.page.click('button[value=analyst]')
    await story.page
      .getByRole('dialog')
      .getByRole('button', { name: story.words('grounds.ok') })
      .click()
    return story
  }
})

describe('on a mandate of their own', () => {
  let signed: SignedMandates
  beforeAll(async () => {
    signed = await signMandates(world, [
      { purposes: ['INVESTIGATION', 'PROSECUTION'] },
      { purposes: ['PROSECUTION'], caseId: CASE },
    ])
  })
  afterAll(() => signed?.end())

  /** Signs in as an analyst, and chooses the mandate that says this. */
  async function openOn(setting: Setting, ...said: readonly ((words: Story['words']) => string)[]): Promise<Story> {
    const story = await consoles.begin(setting)
    const { page, words } = story
    const hand = handOf(story)
    await hand.press(page.locator('button[value=analyst]'))
    await page.getByRole('heading', { name: words('start.chooseTitle') }).waitFor()
    await expectUsable(story)
    const choices = said.reduce(
      (found, word) => found.filter({ hasText: word(words) }),
      page.locator('.choices').getByRole('button'),
    )
    expect(await choices.count()).toBe(1)
    await hand.press(choices)
    await page.getByRole('dialog').waitFor()
    return story
  }

  describe.each(settingsOf(DESK, TELEPHONE))('an analyst in $name', (setting) => {
    it('changes the purpose: what was found stays until they ask again, and each log has the next question under the new one', async () => {
      const story = await openOn(
        setting,
        (words) => `${words('purpose.INVESTIGATION')} · ${words('purpose.PROSECUTION')}`,
      )
      const { page, words } = story
      const [from, to] = [words('purpose.INVESTIGATION'), words('purpose.PROSECUTION')]
      const hand = handOf(story)
      await hand.press(page.getByRole('button', { name: words('grounds.ok') }))
      await searchFor(story, 'Erick Ramirez Guzman')
      const [rows, first] = [await readRowIds(page), await readRequestIds(story)]
      expect(new Set(rows.map((id) => id.slice(0, 2)))).toEqual(new Set(COUNTRIES))
      const questions = listQuestions(page)

      await changePurpose(story, to)
      expect(await readBar(story, words('bar.purpose'))).toBe(to)
      await page.getByText(fill(words('otherPurpose.about'), { before: from, now: to })).waitFor()
      await expectUsable(story)
      expect([await readRowIds(page), questions]).toEqual([rows, []])

      // El Salvador takes no question of this purpose (countries/SV.yaml).
      await searchFor(story, 'Erick Ramirez')
      await waitForStanding(story, 'SV', 'denied')
      const later = await readRowIds(page)
      expect(later).toEqual(expect.arrayContaining(rows.filter((id) => !id.startsWith('SV:'))))
      expect(later.filter((id) => id.startsWith('SV:'))).toEqual([])
      expect(await page.getByRole('button', { name: again(story, to) }).count()).toBe(0)
      const second = await readRequestIds(story)

      await changePurpose(story, from)
      await hand.press(page.getByRole('button', { name: again(story, from) }))
      await waitForStanding(story, 'SV', 'answered', 'partly')
      await waitForAnswers(page)
      expect(await readRowIds(page)).toEqual(expect.arrayContaining([...rows]))
      expect(await page.getByRole('button', { name: again(story, from) }).count()).toBe(0)
      const third = await readRequestIds(story)

      expect(await readPurposes(first, COUNTRIES)).toEqual(underAll('INVESTIGATION', COUNTRIES))
      expect(await readPurposes(second, ['GT', 'HN'])).toEqual(underAll('PROSECUTION', ['GT', 'HN']))
      expect(await readPurposes(third, COUNTRIES)).toEqual(underAll('INVESTIGATION', COUNTRIES))
      expect(story.complaints).toEqual([])
    })
  })

  describe.each(settingsOf(DESK))('an analyst in $name', (setting) => {
    it('asks for one case only with the file that came with the mandate, and each question is bound to the case', async () => {
      const story = await openOn(setting, (words) => words('start.ofOneCase'))
      const { page, words } = story
      const hand = handOf(story)
      const dialog = page.getByRole('dialog')
      const other = disclose('case', CASE).disclosure
      const upload = (text: string) =>
        page.setInputFiles('input[type=file]', { name: 'case', mimeType: 'text/plain', buffer: Buffer.from(text) })
      await upload('{"payload":"e30"}')
      await dialog.getByText(words('grounds.caseWrong')).waitFor()
      await upload(JSON.stringify({ case: CASE, disclosure: other }))
      await dialog.getByText(words('grounds.caseOther')).waitFor()
      await page.setInputFiles('input[type=file]', signed.caseFile(1))
      await dialog.getByText(fill(words('grounds.caseIs'), { id: CASE })).waitFor()
      await expectUsable(story)
      await hand.press(dialog.getByRole('button', { name: words('grounds.ok') }))
      expect(await readBar(story, words('bar.case'))).toBe(CASE)
      expect(await readBar(story, words('bar.purpose'))).toBe(words('purpose.PROSECUTION'))

      const questions = listQuestions(page)
      await searchFor(story, 'Erick Ramirez Guzman')
      const shown = questions.map((question) => {
        const { case: id, caseDigest } = verifyQuestion(question.headers()['istmo-question'] ?? '', { now: Date.now })
        return [id, caseDigest]
      })
      const { disclosure } = JSON.parse(await readFile(signed.caseFile(1), 'utf8')) as { readonly disclosure: string }
      expect(shown.length).toBeGreaterThan(0)
      for (const each of shown) expect(each).toEqual([CASE, hash('sha256', disclosure, 'base64url')])
      const requestIds = await readRequestIds(story)
      expect(await readPurposes(requestIds, ['GT', 'HN'])).toEqual(underAll('PROSECUTION', ['GT', 'HN']))
      expect(story.complaints).toEqual([])
    })
  })

  /** Changes the purpose in the dialog. */
  async function changePurpose(story: Story, purpose: string): Promise<void> {
    const { page, words } = story
    const hand = handOf(story)
    await hand.press(page.getByRole('button', { name: words('bar.change') }))
    const dialog = page.getByRole('dialog')
    await hand.check(dialog.getByRole('radio', { name: purpose }))
    await hand.press(dialog.getByRole('button', { name: words('grounds.ok') }))
    await dialog.waitFor({ state: 'detached' })
  }

  const again = ({ words }: Story, purpose: string): string => fill(words('otherPurpose.again'), { now: purpose })

  const COUNTRIES = ['GT', 'HN', 'SV'] as const
  type Countries = readonly (typeof COUNTRIES)[number][]

  /** The purposes of requests in the logs of the gateway and of some countries, as soon as each has written it. */
  async function readPurposes(ids: readonly string[], countries: Countries): Promise<ReturnType<typeof underAll>> {
    const read = async () => {
      const logs = Object.entries(await readGrounds(world.home, ids, countries))
      return logs.map(([whose, all]) => [whose, [...new Set(all.map((each) => each?.purpose ?? 'none'))]] as const)
    }
    await expect.poll(async () => (await read()).every(([, all]) => all.length > 0), { interval: 500 }).toBe(true)
    return Object.fromEntries(await read())
  }

  function underAll(purpose: string, countries: Countries): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(['gateway', ...countries].map((whose) => [whose, [purpose]]))
  }
})
