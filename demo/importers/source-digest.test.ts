import { expect, it } from 'vitest'
import { digestOfSources } from './source-digest.ts'

it('is one text for the same files, and another for other files', () => {
  expect(digestOfSources(['demo/facts'])).toMatch(/^[0-9a-f]{64}$/)
  expect(digestOfSources(['demo/facts'])).toBe(digestOfSources(['demo/facts']))
  expect(digestOfSources(['demo/facts'])).not.toBe(digestOfSources(['demo/law']))
})

it('covers the files of folders below', () => {
  expect(digestOfSources(['demo/generator'])).not.toBe(digestOfSources(['demo/generator/stories']))
})
