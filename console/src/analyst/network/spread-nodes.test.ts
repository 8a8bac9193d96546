import { describe, expect, it } from 'vitest'
import { type SpreadNode, spreadNodes } from './spread-nodes.ts'

const box = { width: 100, height: 40 }
const frame = { width: 1_000, height: 500 }

function countTouching(nodes: readonly SpreadNode[]): number {
  return nodes
    .flatMap((one, index) => nodes.slice(index + 1).map((other) => [one, other] as const))
    .filter(([one, other]) => Math.abs(one.x - other.x) < 100 && Math.abs(one.y - other.y) < 40).length
}

describe('spreadNodes', () => {
  it('uses the whole frame, and lets no two nodes touch where there is room', () => {
    const nodes = Array.from({ length: 20 }, (_, at) => ({ id: String(at), x: at % 4, y: (at * at) % 7, ...box }))
    const placed = [...spreadNodes(nodes, frame)].map(([id, place]) => ({ id, ...place, ...box }))
    expect(countTouching(placed)).toBe(0)
    const [xs, ys] = [placed.map(({ x }) => x), placed.map(({ y }) => y)]
    expect(Math.min(...xs)).toBeGreaterThanOrEqual(50)
    expect(Math.max(...xs)).toBeLessThanOrEqual(950)
    expect(Math.max(...xs) - Math.min(...xs)).toBeGreaterThan(700)
    expect(Math.max(...ys) - Math.min(...ys)).toBeGreaterThan(350)
  })

  it('moves what is new away from what stays where it is', () => {
    const nodes = [
      { id: 'old', x: 0, y: 0, ...box, isFixed: true },
      { id: 'new', x: 5, y: 2, ...box },
    ]
    const places = spreadNodes(nodes, frame)
    expect([...places.keys()]).toEqual(['new'])
    expect(Math.abs(places.get('new')?.y ?? 0)).toBeGreaterThanOrEqual(40)
  })
})
