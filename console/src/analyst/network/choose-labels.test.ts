import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseLabels, LABEL_PX, type LabelledNode } from './choose-labels.ts'

const place = fc.integer({ min: -500, max: 500 })
const node = fc.record({ x: place, y: place, length: fc.integer({ min: 1, max: 28 }), weight: fc.nat({ max: 9 }) })
const pictures = fc
  .array(node, { maxLength: 60 })
  .map((nodes) => nodes.map((each, index): LabelledNode => ({ ...each, id: `n${index}`, radius: 11 })))
const zooms = fc.double({ min: 0.1, max: 4, noNaN: true })

/** Whether two names would touch on the screen, at the narrowest: half a character for each. */
function overlap(one: LabelledNode, other: LabelledNode, zoom: number): boolean {
  const apart = Math.abs(one.x - other.x) * zoom
  const isBeside = apart >= ((one.length + other.length) * LABEL_PX * 0.5) / 2
  return !isBeside && Math.abs(one.y - other.y) * zoom < LABEL_PX
}

describe('chooseLabels', () => {
  it('shows no two names that touch, and hides none without a heavier one that it would touch', () => {
    fc.assert(
      fc.property(pictures, zooms, (nodes, zoom) => {
        const chosen = chooseLabels(nodes, zoom)
        const shown = nodes.filter(({ id }) => chosen.has(id))
        for (const one of shown) {
          for (const other of shown) if (one !== other) expect(overlap(one, other, zoom)).toBe(false)
        }
        for (const hidden of nodes.filter(({ id }) => !chosen.has(id))) {
          const alone = shown.filter(({ weight }) => weight >= hidden.weight)
          expect(chooseLabels([...alone, hidden], zoom).has(hidden.id)).toBe(false)
        }
      }),
    )
  })

  it('shows the same names when the picture is moved by whole pixels, and more of them the nearer one looks', () => {
    fc.assert(
      fc.property(pictures, place, (nodes, by) => {
        const moved = nodes.map((each) => ({ ...each, x: each.x + by, y: each.y - by }))
        expect(chooseLabels(moved, 1)).toEqual(chooseLabels(nodes, 1))
      }),
    )
    const row = Array.from({ length: 50 }, (_, index) => ({
      ...{ id: `n${index}`, x: index * 46, y: 0, radius: 11, length: 20, weight: 1 },
    }))
    const counts = [0.1, 0.5, 1, 4].map((zoom) => chooseLabels(row, zoom).size)
    expect(counts).toEqual(counts.toSorted((left, right) => left - right))
    expect(counts[0]).toBeLessThan(5)
    expect(counts[3]).toBe(50)
  })

  it('shows the name of the heaviest node', () => {
    fc.assert(
      fc.property(pictures, zooms, (nodes, zoom) => {
        const heavy = { id: 'start', x: 0, y: 0, radius: 17, length: 28, weight: 10 }
        return chooseLabels([...nodes, heavy], zoom).has('start')
      }),
    )
  })
})
