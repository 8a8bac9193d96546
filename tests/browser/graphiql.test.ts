import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { startIfStopped } from './console-story.ts'
import { DESK, TELEPHONE, useGraphiQL } from './graphiql-page.ts'

/**
 * GraphiQL of a running demo in a real browser, as an analyst uses it: on a desk and on a telephone, in Spanish and in English.
 */

const graphiql = useGraphiQL()
const { open, connect, ask } = graphiql
beforeAll(() => startIfStopped('SV'))

/** Resolves once nothing in the page has changed for half a second: axe fails if a part that it has found goes away. */
const UNTIL_STILL = `new Promise((resolve) => {
  let timer = setTimeout(resolve, 500)
  new MutationObserver(() => {
    clearTimeout(timer)
    timer = setTimeout(resolve, 500)
  }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true })
})`

/** The findings of axe that it calls serious or critical, with the first part that has them. */
async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(UNTIL_STILL)
  await page.evaluate(axe.source)
  const { violations } = (await page.evaluate("axe.run({ resultTypes: ['violations'] })")) as AxeResult
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
}

interface AxeResult {
  readonly violations: readonly { id: string; impact: string; nodes: readonly { html: string }[] }[]
}

describe('GraphiQL in a browser', () => {
  it('has README’s questions as tabs, and answers the first one with one click', async () => {
    const page = await open(DESK, 'en-US')
    expect(await page.locator('.graphiql-tab-button').allTextContents()).toEqual(['AcrossBorders', 'ThreeProfiles'])
    expect(await ask(page)).toMatch(/Answered: .*Guatemala/)
    expect(await page.textContent('.graphiql-response .result-window')).toContain('"GT:P-000001"')
  })

  it('says who the token is for and until when', async () => {
    const page = await open(DESK, 'es-GT')
    expect(await page.textContent('#bearer')).toBe('Sin token se ve la ley pública.')
    await connect(page, graphiql.token())
    expect(await page.textContent('#bearer')).toMatch(
      /^El token es de analyst de GT-MP-FECO \(Guatemala\), hasta las \d\d:\d\d\.$/,
    )
    await connect(page, 'not-a-token')
    expect(await page.textContent('#bearer')).toMatch(/^Esto no es un token de acceso\./)
  })

  it.each([
    ['es-GT', 'es', 'Conectar'],
    ['en-GB', 'en', 'Connect'],
    ['de-DE', 'en', 'Connect'],
  ])('speaks the language of a browser in %s', async (locale, lang, label) => {
    const page = await open(DESK, locale)
    expect(await page.getAttribute('html', 'lang')).toBe(lang)
    expect(await page.textContent('#connect button')).toBe(label)
  })

  it('shows the messages of errors in the language of the browser', async () => {
    const page = await open(DESK, 'es-GT')
    await page.click('.graphiql-execute-button')
    const result = page.locator('.graphiql-response .result-window')
    await result.getByText('Para esto se necesita un token de acceso').first().waitFor()
    expect(await result.textContent()).not.toContain('This needs an access token')
  })

  it('can be used on a telephone: each part is nearly as wide as the screen, and nothing is cut off', async () => {
    const page = await open(TELEPHONE, 'es-HN')
    await ask(page)
    for (const part of ['.graphiql-query-editor', '.graphiql-editor-tool', '.graphiql-response', '#connect']) {
      const box = await page.locator(part).first().boundingBox()
      expect(box?.width, part).toBeGreaterThan(340)
      expect(box?.height, part).toBeGreaterThan(part === '#connect' ? 30 : 140)
    }
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(TELEPHONE.width)
    expect(await page.textContent('.graphiql-query-editor .CodeMirror-code')).toContain('AcrossBorders')
  })

  it.each([
    ['a desk', DESK],
    ['a telephone', TELEPHONE],
  ])('has no serious finding of axe on %s', async (_name, viewport) => {
    const page = await open(viewport, 'es-SV')
    await ask(page)
    expect(await seriousFindings(page)).toEqual([])
  })

  it('keeps the token out of storage and out of the address', async () => {
    const page = await open(DESK, 'en-US')
    await ask(page)
    const kept = await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href])')
    expect(kept).not.toContain(graphiql.token())
    expect(kept).not.toContain('GT:P-000001')
  })
})
