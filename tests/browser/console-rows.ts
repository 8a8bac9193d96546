import type { Page } from 'playwright-core'
import { handOf } from './console-hand.ts'
import { type Story, waitForAnswers } from './console-story.ts'

/** Searches for a name, and waits until each country has answered or is known not to. */
export async function searchFor(story: Story, name: string): Promise<void> {
  const { page, words } = story
  await handOf(story).type(page.getByLabel(words('search.name')), name)
  await page.keyboard.press('Enter')
  await page.locator('main tbody tr').first().waitFor()
  await waitForAnswers(page)
}

/** The ids of the records that a search shows, row by row. */
export const readRowIds = (page: Page): Promise<readonly string[]> => page.locator('main tbody td code').allInnerTexts()
