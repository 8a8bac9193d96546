import { describe, expect, it } from 'vitest'
import { listAhead } from './load-ahead.ts'

const chunk = (fileName: string, imports: readonly string[], more: object = {}) => ({
  ...{
    type: 'chunk' as const,
    fileName,
    imports,
    moduleIds: ['/clone/other.ts', `/clone/console/src/${fileName}.ts`],
    ...more,
  },
})

const CHUNKS = [
  chunk('main', ['shared'], { isEntry: true }),
  chunk('shared', []),
  chunk('app', ['main', 'react', 'shared']),
  chunk('react', []),
  chunk('search', ['react', 'table']),
  chunk('table', ['search']),
  chunk('network', ['react', 'cytoscape']),
]

describe('listAhead', () => {
  it('lists what modules need, each once, and nothing that the page names already or that nobody needs at first', () => {
    expect(listAhead(CHUNKS, ['src/app.ts', 'src/search.ts'])).toEqual(['app', 'react', 'search', 'table'])
  })

  it('does not pass over a module that no file has', () => {
    expect(() => listAhead(CHUNKS, ['src/gone.ts'])).toThrow('expected a file with src/gone.ts')
  })
})
