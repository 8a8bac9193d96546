import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseLabels, LABEL_PX, type LabelledNode, type LabelSide } from './choose-labels.ts'

const place = fc.integer({ min: -500, max: 500 })
const node = fc.record({ x: place, y: place, length: fc.integer({ min: 1, max: 28 }), weight: fc.nat({ max: 9 }) })
const pictures = fc
  .array(node, { maxLength: 60 })
  .map((nodes) => nodes.map((each, index): LabelledNode => ({ ...each, id: `n${index}`, radius: 11 })))
const zooms = fc.double({ min: 0.1, max: 4, noNaN: true })

type Rectangle = readonly [x: number, y: number, halfWidth: number, halfHeight: number]

/** Where the letters of a name are on the screen, at the narrowest: half a character's height for each is its width. */
function lettersOf({ x, y, radius, length }: LabelledNode, side: LabelSide, zoom: number): Rectangle {
  const [halfWidth, halfHeight, away] = [length * LABEL_PX * 0.25, LABEL_PX / 2, radius * zoom]
  if (side === 'bottom') return [x * zoom, y * zoom + away + halfHeight + 4, halfWidth, halfHeight]
  if (side === 'top') return [x * zoom, y * zoom - away - halfHeight - 4, halfWidth, halfHeight]
  const beside = (away + halfWidth + 4) * (side === 'right' ? 1 : -1)
  return [x * zoom + beside, y * zoom, halfWidth, halfHeight]
}

const overlap = (one: Rectangle, other: Rectangle): boolean =>
  Math.abs(one[0] - other[0]) < one[2] + other[2] && Math.abs(one[1] - other[1]) < one[3] + other[3]

describe('chooseLabels', () => {
  it('shows no two names that touch, and none over a node', () => {
    fc.assert(
      fc.property(pictures, zooms, (nodes, zoom) => {
        const chosen = chooseLabels(nodes, zoom)
        const letters = nodes.flatMap((each) => {
          const side = chosen.get(each.id)
          return side === undefined ? [] : [lettersOf(each, side, zoom)]
        })
        const bodies = nodes.map(({ x, y, radius }): Rectangle => {
          return [x * zoom, y * zoom, radius * zoom, radius * zoom]
        })
        letters.forEach((one, index) => {
          for (const other of [...letters.slice(index + 1), ...bodies]) expect(overlap(one, other)).toBe(false)
        })
      }),
    )
  })

  it('hides no name that has room', () => {
    fc.assert(
      fc.property(pictures, zooms, (nodes, zoom) => {
        const alone = nodes.map((each, index) => ({ ...each, x: (index * 900) / zoom, y: 0 }))
        expect(chooseLabels(alone, zoom).size).toBe(alone.length)
      }),
    )
    // Two in a line, too near for both names below: one goes elsewhere.
    const pair = [0, 60].map((x, index) => ({ id: `n${index}`, x, y: 0, radius: 11, length: 20, weight: 2 - index }))
    expect([...chooseLabels(pair, 1)]).toEqual([
      ['n0', 'bottom'],
      ['n1', 'top'],
    ])
  })

  it('shows the same names when the picture is moved, and more of them the nearer one looks', () => {
    fc.assert(
      fc.property(pictures, place, (nodes, by) => {
        const moved = nodes.map((each) => ({ ...each, x: each.x + by, y: each.y - by }))
        expect(chooseLabels(moved, 1)).toEqual(chooseLabels(nodes, 1))
      }),
    )
    const many = Array.from({ length: 900 }, (_, index) => ({
      ...{ id: `n${index}`, x: (index % 30) * 46, y: Math.floor(index / 30) * 46 },
      ...{ radius: 11, length: 20, weight: 1 },
    }))
    const counts = [0.1, 0.3, 1, 4].map((zoom) => chooseLabels(many, zoom).size)
    expect(counts).toEqual(counts.toSorted((left, right) => left - right))
    expect(counts[0]).toBeLessThan(30)
    expect(counts[3]).toBe(900)
  })

  it('always shows the name of the person whose network it is', () => {
    fc.assert(
      fc.property(pictures, zooms, (nodes, zoom) => {
        const start = { id: 'start', x: 0, y: 0, radius: 17, length: 28, weight: Number.POSITIVE_INFINITY }
        return chooseLabels([...nodes, start], zoom).has('start')
      }),
    )
  })
})
