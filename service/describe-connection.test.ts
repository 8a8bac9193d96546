import { expect, it } from 'vitest'
import { labelUrl } from './describe-connection.ts'

it.each([
  ['postgres://reader:secret@old/sisej', 'postgres://old/sisej'],
  ['postgres://old:5432/sisej?sslmode=verify-full&password=secret', 'postgres://old:5432/sisej'],
  ['postgres:///istmo_ni?host=/var/run/postgresql', 'postgres:///istmo_ni?host=/var/run/postgresql'],
  ['postgres://istmo@/db?host=/run/postgresql', 'postgres:///db?host=/run/postgresql'],
  ['postgres://istmo:secret@/db?host=/run/postgresql&password=secret', 'postgres:///db?host=/run/postgresql'],
  ['postgres://istmo@/db', 'postgres:///db'],
])('names the source %s without user and password', (url, label) => {
  expect(labelUrl(url)).toBe(label)
})

it.each([
  'not a URL',
  'postgres://reader:se/cret@old/sisej',
  'postgres://reader:se@/cret@old/sisej',
  'postgres://reader:s@e/cret@old/sisej',
])('names nothing of %s, whose password could stand anywhere', (url) => {
  expect(labelUrl(url)).toBe('the source')
})
