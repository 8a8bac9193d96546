import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSections } from './sections.ts'
import { arbitraryPage } from './testing.ts'

describe('a page', () => {
  it('has no heading in a block that shows another block', () => {
    const page = '````md\n```\n# Not a heading\n```\n````\n# A heading\n'
    expect(readSections(page).map(({ heading }) => heading)).toEqual(['', 'A heading'])
  })

  it('is its sections, put together', () => {
    fc.assert(
      fc.property(arbitraryPage(), (page) => {
        expect(
          readSections(page)
            .map(({ text }) => text)
            .join(''),
        ).toBe(page)
      }),
    )
  })
})
