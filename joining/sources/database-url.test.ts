import { describe, expect, it } from 'vitest'
import { putPassword, readDatabaseUrl } from './databases.ts'

describe('the URL of a database', () => {
  it.each([
    ['postgres://reader@old/sisej', 'postgres://reader@old/sisej'],
    ['postgres:///sisej?host=/run/postgresql', 'postgres:///sisej?host=/run/postgresql'],
    ['postgres://reader@/sisej?host=/run/postgresql', 'postgres:///sisej?host=/run/postgresql&user=reader'],
    ['postgresql://ana%20paz@/sisej', 'postgresql:///sisej?user=ana%20paz'],
    ['postgres://a%@/sisej', 'postgres:///sisej?user=a%25'],
    ['mysql://reader@old/sisej', 'mysql://reader@old/sisej'],
  ])('%s is read as %s', (text, read) => {
    expect(readDatabaseUrl(text)?.href).toBe(read)
  })

  it.each(['sisej', 'postgres://reader:se/cret@old/sisej', 'mysql://reader@/sisej'])('%s is none', (text) => {
    expect(readDatabaseUrl(text)).toBeNull()
  })

  it.each([
    ['postgres://reader@old/sisej', 'postgres://reader:p%40%20s@old/sisej'],
    [
      'postgres://reader@/sisej?host=/run/postgresql',
      'postgres:///sisej?host=%2Frun%2Fpostgresql&user=reader&password=p%40+s',
    ],
  ])('%s takes a password, with a host and without', (text, filled) => {
    const url = readDatabaseUrl(text)
    expect(url && putPassword(url, 'p@ s')).toBe(filled)
  })
})
