/** Task 5 of docs/console.md: a country falls away and comes back. */
import { describe, expect, it } from 'vitest'
import { handOf } from '../console-hand.ts'
import {
  controlCountry,
  DESK,
  expectUsable,
  fill,
  nameCountry,
  readLine,
  readTable,
  type Story,
  settingsOf,
  useConsoles,
  waitForAnswers,
  waitForStanding,
} from '../console-story.ts'

const consoles = useConsoles()

const idsOf = async ({ page, words }: Story): Promise<readonly string[]> =>
  (await readTable(page, words('cases.title'))).map((cells) => cells[1] ?? '')

async function showCases(story: Story): Promise<void> {
  const { page, words } = story
  const hand = handOf(story)
  await hand.press(page.getByRole('link', { name: words('rooms.cases'), exact: true }))
  await hand.date(page.getByLabel(words('cases.from')), '2023-01-01')
  await hand.press(page.getByRole('button', { name: words('cases.apply') }))
  await waitForAnswers(page)
}

describe.each(settingsOf(DESK))('a country that falls away, in $name', (setting) => {
  it('is named in the line, keeps nobody from the rows of the others, and its rows come when it is back', async () => {
    const before = await consoles.open(setting)
    await showCases(before)
    const whole = await idsOf(before)
    const lost = whole.filter((id) => id.startsWith('HN:'))
    expect(lost.length).toBeGreaterThan(0)

    await controlCountry('stop', 'HN')
    let isBack = false
    try {
      const story = await consoles.open(setting)
      const { page, words } = story
      const hand = handOf(story)
      await showCases(story)
      await waitForStanding(story, 'HN', 'unavailable')
      expect(await readLine(page)).toContain(
        `${nameCountry(setting.language, 'HN')} ${words('line.standing.unavailable')}`,
      )
      const without = await idsOf(story)
      expect(without.length).toBeGreaterThan(0)
      expect(without.filter((id) => id.startsWith('HN:'))).toEqual([])
      await expectUsable(story)

      // To ask again while it is still away loses nothing.
      const again = page.getByRole('button', {
        name: fill(words('line.again'), { countries: nameCountry(setting.language, 'HN') }),
      })
      await hand.press(again)
      await again.waitFor({ state: 'detached' })
      await again.waitFor()
      expect((await idsOf(story)).slice(0, without.length)).toEqual(without)

      await controlCountry('start', 'HN')
      isBack = true
      await hand.press(again)
      await waitForStanding(story, 'HN', 'answered')
      await waitForAnswers(page)
      const after = await idsOf(story)
      // What was read stays where it is, and each row that was missing is there.
      expect(after.slice(0, without.length)).toEqual(without)
      expect(after).toEqual(expect.arrayContaining([...lost]))
      expect(new Set(after).size).toBe(after.length)
      expect(await again.count()).toBe(0)
      await expectUsable(story)
    } finally {
      if (!isBack) await controlCountry('start', 'HN')
    }
  })
})
