import { expect, it } from 'vitest'
import { SUPERGRAPH_SDL } from '../testing.ts'
import { loadSupergraph } from './supergraph.ts'

it('a supergraph is not loaded again when only a country’s file has changed', () => {
  const graph = loadSupergraph(SUPERGRAPH_SDL, false)
  expect(loadSupergraph(SUPERGRAPH_SDL, false)).toBe(graph)
  const other = loadSupergraph(`${SUPERGRAPH_SDL}\n# another`, false)
  expect(other).not.toBe(graph)
  expect(loadSupergraph(`${SUPERGRAPH_SDL}\n# another`, false)).toBe(other)
  // One that was loaded for a thread that plans elsewhere cannot plan.
  expect(loadSupergraph(`${SUPERGRAPH_SDL}\n# another`)).not.toBe(other)
})
