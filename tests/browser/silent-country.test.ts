/**
 * A country is silent: what an analyst sees in the console and in GraphiQL. It runs behind the tests of client libraries, for which the world has stopped
 * El Salvador, and before the stories that need it (tests/long-first.ts): to stop a country and start it takes five seconds of a core.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { searchName } from '../../tools/screenshots/open-console.ts'
import { findBarriers, readLine, stopIfRunning, TELEPHONE, useConsoles } from './console-story.ts'
import { DESK, useGraphiQL } from './graphiql-page.ts'

const consoles = useConsoles([])
const graphiql = useGraphiQL()
beforeAll(() => stopIfRunning('SV'))

describe('the console of an analyst', () => {
  it('shows in English on a telephone that a country is silent, and why something is empty', async () => {
    const { page } = await consoles.open(TELEPHONE)
    await searchName(page, 'en', 'Erick Ramirez Guzman')
    expect(await readLine(page)).toMatch(/El Salvador could not answer/)
    await page.getByRole('button', { name: 'Details by country' }).click()
    await page.locator('#line-details').getByText('CONNECTION').waitFor()
    await page.getByRole('button', { name: 'Why is this empty?' }).click()
    await page.locator('#line-details [role=status] li, #line-details [role=status] p').first().waitFor()
    const width = 'document.documentElement.scrollWidth'
    expect(await page.evaluate(width)).toBeLessThanOrEqual(390)
    expect(await findBarriers(page)).toEqual([])
  })
})

describe('GraphiQL in a browser', () => {
  it('says above the result which country did not answer, and why', async () => {
    const page = await graphiql.open(DESK, 'en-US')
    expect(await graphiql.ask(page)).toContain('El Salvador could not answer')
    expect(await page.locator('#countries.incomplete').count()).toBe(1)
    const [line, result] = [page.locator('#countries'), page.locator('.graphiql-response .result-window')]
    expect((await line.boundingBox())?.y).toBeLessThan((await result.boundingBox())?.y ?? 0)
  })
})
