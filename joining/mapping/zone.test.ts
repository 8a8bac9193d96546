import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { onlyZoneOf, openZone } from './value-forms.ts'

const at = (text: string): number => Date.parse(`${text}Z`)
const show = (ms: number | undefined): string => new Date(ms ?? Number.NaN).toISOString().slice(0, 16)

describe('a time zone', () => {
  it.each([
    ['America/Managua', '2024-01-31T10:00', '2024-01-31T16:00'],
    ['America/Panama', '2024-07-01T00:30', '2024-07-01T05:30'],
    ['UTC', '2024-07-01T00:30', '2024-07-01T00:30'],
    ['Europe/Madrid', '2024-07-01T00:00', '2024-06-30T22:00'],
    // In the hour that comes twice, the first one; in the one that is left out, that much later.
    ['Europe/Madrid', '2024-10-27T02:30', '2024-10-27T00:30'],
    ['Europe/Madrid', '2024-10-27T03:30', '2024-10-27T02:30'],
    ['Europe/Madrid', '2024-03-31T02:30', '2024-03-31T01:30'],
    ['Europe/Madrid', '2024-03-31T03:30', '2024-03-31T01:30'],
    ['America/Santiago', '2024-01-01T12:00', '2024-01-01T15:00'],
  ])('%s turns %s into %s', (name, local, utc) => {
    expect(show(openZone(name)?.toUtc(at(local)))).toBe(utc)
  })

  it('goes back and forth without loss outside the hours that clocks change', () => {
    const zones = ['America/Managua', 'America/Tegucigalpa', 'America/Lima'].map((name) => openZone(name))
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: Date.UTC(2008, 0, 1), max: Date.UTC(2035, 0, 1) }),
        (zone, ms) => {
          expect(zone?.toUtc(zone.toLocal(ms))).toBe(ms)
        },
      ),
    )
  })

  it('that nobody knows is null', () => {
    expect(openZone('America/Managuaa')).toBeNull()
  })
})

it.each([
  ['NI', 'America/Managua'],
  ['PA', 'America/Panama'],
  ['MX', null],
  ['UN', null],
])('the only zone of %s is %s', (country, zone) => {
  expect(onlyZoneOf(country)).toBe(zone)
})
