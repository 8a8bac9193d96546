import { describe, expect, it } from 'vitest'
import { medianOf, summarizeFrames } from './frames.ts'
import { makeNetwork } from './made-up-network.ts'

describe('summarizeFrames', () => {
  it('counts frames by the time between them', () => {
    const even = Array.from({ length: 61 }, (_, index) => 500 + index * 20)
    expect(summarizeFrames(even)).toEqual({ framesPerSecond: 50, p95Ms: 20, frames: 61 })
    expect(summarizeFrames([0, 10, 20, 220])).toMatchObject({ p95Ms: 200 })
  })

  it('says nothing of fewer than two frames', () => {
    expect(() => summarizeFrames([1])).toThrow('at least two frames; came 1')
  })
})

describe('medianOf', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 3],
  ])('of %j is %d', (values, median) => expect(medianOf(values)).toBe(median))
})

describe('makeNetwork', () => {
  it('has as many nodes as were asked for, and each can be reached', () => {
    const { nodes, edges } = makeNetwork(500)
    expect(nodes.size).toBe(500)
    const reached = new Set(['GT:C-0'])
    for (let before = 0; before < reached.size; ) {
      before = reached.size
      for (const { from, to } of edges) {
        if (reached.has(from)) reached.add(to)
        if (reached.has(to)) reached.add(from)
      }
    }
    expect(reached.size).toBe(500)
  })
})
