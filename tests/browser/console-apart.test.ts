/** The console with a slow country, with its guided tour, and with the line of countries only where countries are asked. */
import type { Page, Request } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { searchName } from '../../tools/screenshots/open-console.ts'
import { DESK, findBarriers, goTo, TELEPHONE, useConsoles } from './console-story.ts'

const NAME = 'Erick Ramirez Guzman'
const ENGLISH = { ...TELEPHONE, viewport: DESK.viewport }
const consoles = useConsoles()

const idsOf = (page: Page): Promise<readonly string[]> => page.locator('table tbody tr td code').allInnerTexts()

/** The countries that a question is for; null for all of the mandate. */
function countriesOf(request: Request): readonly string[] | null | undefined {
  const body = request.postDataJSON() as { variables?: { countries?: readonly string[] | null } } | null
  return body?.variables?.countries
}

describe('a search while a country is slow', () => {
  it('shows the rows of the others, moves none without a click, and ends with the whole answer', async () => {
    const whole = await consoles.open(DESK)
    await searchName(whole.page, 'es', NAME)
    const expected = await idsOf(whole.page)
    expect(new Set(expected.map((id) => id.slice(0, 2))).size).toBeGreaterThan(2)
    await whole.context.close()

    let letGo: () => void = () => undefined
    const isOver = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const answered: (readonly string[] | null)[] = []
    const { page } = await consoles.open(DESK)
    // A gateway that wants a newer nonce says so with 401 (RFC 9449), and the question goes out again.
    page.on('response', (response) => {
      const isAnswer = response.url().endsWith('/graphql') && response.status() === 200
      const countries = isAnswer ? countriesOf(response.request()) : undefined
      if (countries !== undefined) answered.push(countries)
    })
    await page.route('**/graphql', async (route) => {
      const countries = countriesOf(route.request())
      if (countries === undefined) return route.continue()
      // All together, and Guatemala, whose row is the first, are slow.
      if (countries === null || countries.includes('GT')) await isOver
      await route.continue().catch(() => undefined)
    })
    await page.getByLabel('Nombre, documento, teléfono').fill(NAME)
    await page.getByRole('button', { name: 'Buscar', exact: true }).click()
    await page.getByRole('button', { name: 'No esperar a todos' }).click()
    await page.getByText('Esperando a Guatemala.').waitFor()
    await page.locator('.chip:not(.asking)', { hasText: 'Honduras' }).waitFor()
    await page.locator('.chip:not(.asking)', { hasText: 'El Salvador' }).waitFor()
    expect(await page.textContent('.line [role=status]')).toMatch(/Esperando a Guatemala/)
    const early = await idsOf(page)
    expect(early.length).toBeGreaterThan(0)
    expect(early.some((id) => id.startsWith('GT:'))).toBe(false)
    expect(await findBarriers(page)).toEqual([])

    letGo()
    const sign = page.getByRole('button', { name: 'Mostrarlas en su lugar' })
    await page.locator('.chip:not(.asking)', { hasText: 'Guatemala' }).waitFor()
    await sign.waitFor()
    expect(await idsOf(page)).toEqual(early)
    await sign.click()
    expect(await idsOf(page)).toEqual(expected)
    expect(await sign.count()).toBe(0)
    // Each country once by itself; the question to all may have come too.
    const alone = answered.flatMap((countries) => countries?.join() ?? [])
    expect(alone).toEqual([...new Set(alone)])
    expect(alone).toEqual(expect.arrayContaining(['GT', 'HN', 'SV']))
  })
})

describe('the guided tour', () => {
  it('is walked by keyboard, says each step, and leads to its places', async () => {
    const { page } = await consoles.open(ENGLISH)
    await page.getByRole('button', { name: 'Guided tour' }).focus()
    await page.keyboard.press('Enter')
    const titles: string[] = []
    for (;;) {
      // The browser's own way to wait would evaluate a text in the page, which the page's policy forbids.
      const isAtTitle = "document.activeElement?.matches('.tour h2') === true"
      await expect.poll(() => page.evaluate(isAtTitle), { timeout: 30_000 }).toBe(true)
      const title = (await page.evaluate('document.activeElement.textContent')) as string
      titles.push(title)
      const link = page.locator('.tour a')
      if ((await link.count()) > 0) {
        await link.focus()
        await page.keyboard.press('Enter')
        await page.locator('main h1').waitFor()
        // The place is there, and so is the step.
        expect(await page.locator('.tour h2').textContent()).toBe(title)
      }
      const next = page.locator('.tour').getByRole('button', { name: 'Next' })
      if ((await next.count()) === 0) break
      await next.focus()
      await page.keyboard.press('Enter')
      await page.locator('.tour h2', { hasNotText: title }).waitFor()
    }
    expect(titles.length).toBe(9)
    expect(await page.locator('main h1').textContent()).toContain('Jorge Alberto Funes Castillo')
    expect(await findBarriers(page)).toEqual([])
    await page.locator('.tour').getByRole('button', { name: 'End the tour' }).press('Enter')
    expect(await page.locator('.tour').count()).toBe(0)
  })
})

describe('the line of countries', () => {
  it('stands where countries are asked, and nowhere else', async () => {
    const { page } = await consoles.open(DESK)
    const line = page.locator('.line')
    for (const [place, isThere] of [
      ['/cases', true],
      ['/national/suspend', false],
      ['/person/GT:P-000001', true],
    ] as const) {
      await goTo(page, place)
      await line.waitFor({ state: isThere ? 'visible' : 'detached' })
    }
  })
})
