import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PROJECT_DIR } from '../../demo/config.ts'
import { stepsOf } from './console-session.ts'

/** The commands of the page in English are run by tests/docs/first-hour.ts. */

const [page, spanishPage] = await Promise.all(
  ['docs/auditing.md', 'docs/es/auditing.md'].map((path) => readFile(join(PROJECT_DIR, path), 'utf8')),
)
const [steps, spanish] = [page, spanishPage].map((text = '') => stepsOf(text))

describe('the page in Spanish', () => {
  it('has the same commands and the same outputs in the same order, so that only one page has to be run', () => {
    expect(spanish).toEqual(steps)
  })

  it('has the same sections', () => {
    const sections = (text = '') => [...text.matchAll(/^## /gm)].length
    expect(sections(spanishPage)).toBe(sections(page))
  })
})
