import type { APIResponse, Page, Route } from 'playwright-core'

/**
 * Lets the server answer the requests of a page, and `change` what came before the page gets it. A page may end while an answer is on its way:
 * Playwright disposes of the request and the answer then, and rejects what waits for them.
 */
export async function changeAnswers(
  page: Page,
  which: Parameters<Page['route']>[0],
  change: (response: APIResponse, route: Route) => Promise<void>,
): Promise<void> {
  await page.route(which, async (route) => {
    try {
      await change(await route.fetch(), route)
    } catch (error) {
      if (!(error instanceof Error && /\b(disposed|closed)\b/.test(error.message))) throw error
    }
  })
}
