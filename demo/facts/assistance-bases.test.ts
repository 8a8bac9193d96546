import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { HAS_PUBLISHED_FILES, publishedFile } from '../importers/testing.ts'
import { BASES, INFORMATION } from './facts.ts'

const all = [...Object.values(BASES.UNTOC), ...Object.values(BASES.UNCAC), ...Object.values(INFORMATION)]

it('assistance rests on UNTOC article 18 or UNCAC article 46, assets on the articles about confiscation', () => {
  expect(BASES.UNTOC.TAKE_EVIDENCE.article).toBe('18')
  expect(BASES.UNCAC.TAKE_EVIDENCE.article).toBe('46')
  expect(BASES.UNTOC.FREEZE_ASSETS.article).toBe('13')
  expect(BASES.UNCAC.FREEZE_ASSETS.article).toBe('55')
  expect(BASES.UNTOC.JOINT_TEAM.article).toBe('19')
})

describe.runIf(HAS_PUBLISHED_FILES)('in the texts of the conventions', () => {
  it.each([
    ['UN:XVIII-12', 'untoc-2000-en.md'],
    ['UN:XVIII-14', 'uncac-2003-en.md'],
  ])('%s has the headings that are cited', (instrument, file) => {
    const path = publishedFile(file)
    expect(existsSync(path)).toBe(true)
    const text = readFileSync(path, 'utf8')
    for (const { article, heading } of all.filter((basis) => basis.instrument === instrument)) {
      expect(text).toMatch(new RegExp(`###\\s*Article\\s+${article}\\s+####\\s*${heading}`))
    }
  })
})
