import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBundle, encodeBundle } from './entry-bundle.ts'
import { parseTilePath, tilePath, tilesOf, tileWidth } from './tile.ts'

describe('a tile’s path', () => {
  it.each([
    [{ level: 0, index: 1234067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 'entries', index: 0, width: 256 }, 'tile/entries/000'],
    [{ level: 2, index: 999, width: 1 }, 'tile/2/999.p/1'],
    [{ level: 63, index: 1000, width: 255 }, 'tile/63/x001/000.p/255'],
  ] as const)('of %o is %s', (id, path) => {
    expect(tilePath(id)).toBe(path)
    expect(parseTilePath(path)).toEqual(id)
  })

  it.each([
    'tile/0/x001/x234/67',
    'tile/0/001/234',
    'tile/00/000',
    'tile/64/000',
    'tile/0/x000/001',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/012',
    'tile/entry/000',
    'tile/0/x001',
    'log/tile/0/001',
    'tile/0/001/',
  ])('is not %s', (path) => expect(parseTilePath(path)).toBeUndefined())

  it('is parsed back into the same tile', () => {
    const level = fc.oneof(fc.constant('entries' as const), fc.integer({ min: 0, max: 63 }))
    const id = fc.record({ level, index: fc.maxSafeNat(), width: fc.integer({ min: 1, max: 256 }) })
    fc.assert(
      fc.property(id, (tile) => {
        expect(parseTilePath(tilePath(tile))).toEqual(tile)
      }),
    )
  })
})

describe('the tiles of a tree', () => {
  // C2SP tlog-tiles, Partial Tiles: the two examples.
  it('of 70,000 leaves are 273 full ones and one of 112, a full one and one of 17, and one of 1', () => {
    const tiles = [...tilesOf(70_000)]
    expect(tiles.filter(({ level, width }) => level === 0 && width === 256)).toHaveLength(273)
    expect(tiles.filter(({ level, width }) => level > 0 || width < 256).map(tilePath)).toEqual([
      'tile/0/273.p/112',
      'tile/1/000',
      'tile/1/001.p/17',
      'tile/2/000.p/1',
    ])
  })

  it('of 256 leaves are a full one, and a partial one of 1', () => {
    expect([...tilesOf(256)].map(tilePath)).toEqual(['tile/0/000', 'tile/1/000.p/1'])
  })

  it.each([
    ['entries', 0, 300, 256],
    ['entries', 1, 300, 44],
    ['entries', 2, 300, 0],
    [0, 1, 300, 44],
    [1, 0, 300, 1],
    [2, 0, 300, 0],
  ] as const)('have at level %s and index %i of %i leaves the width %i', (level, index, size, width) => {
    expect(tileWidth(level, index, size)).toBe(width)
  })
})

describe('an entry bundle', () => {
  it('has a big-endian uint16 before each entry', () => {
    expect(Buffer.from(encodeBundle([Buffer.from(''), Buffer.from('a')])).toString('hex')).toBe('0000000161')
    expect(
      Buffer.from(encodeBundle([Buffer.alloc(258)]))
        .subarray(0, 2)
        .toString('hex'),
    ).toBe('0102')
  })

  it('is decoded into the entries that were encoded', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 600 })), (entries) => {
        expect(decodeBundle(encodeBundle(entries)).map((entry) => [...entry])).toEqual(
          entries.map((entry) => [...entry]),
        )
      }),
    )
  })

  it('rejects an entry of more than 65,535 bytes, and a truncated one', () => {
    expect(() => encodeBundle([Buffer.alloc(65_536)])).toThrow('65536 came')
    expect(decodeBundle(encodeBundle([Buffer.alloc(65_535)]))).toHaveLength(1)
    expect(() => decodeBundle(Buffer.from('000161' + '00', 'hex'))).toThrow('entry 1 of the bundle ends at byte 5')
    expect(() => decodeBundle(Buffer.from('0002', 'hex'))).toThrow(RangeError)
  })
})
