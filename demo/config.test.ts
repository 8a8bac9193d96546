import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PROJECT_DIR, readDemoConfig } from './config.ts'

describe('the settings of the demo', () => {
  it('have defaults', () => {
    const { home, port, databaseUrl } = readDemoConfig({})
    expect({ home, port, databaseUrl }).toEqual({ home: join(PROJECT_DIR, '.istmo'), port: 4000, databaseUrl: null })
  })

  it('come from variables, and an empty variable counts as not set', () => {
    expect(readDemoConfig({ ISTMO_HOME: '/srv/a', PORT: '5000', DATABASE_URL: '', ISTMO_DATA: tmpdir() })).toEqual({
      home: '/srv/a',
      port: 5000,
      databaseUrl: null,
      publicDataDir: tmpdir(),
      corsOrigins: [],
    })
  })

  it('take the data folder from the command line', () => {
    expect(readDemoConfig({ ISTMO_DATA: '/nowhere' }, { publicDataDir: tmpdir() }).publicDataDir).toBe(tmpdir())
  })

  it.each([
    [{ PORT: '0' }, /PORT: expected a port from 1 to 65518; came "0"/],
    [{ PORT: '65530' }, /came "65530"/],
    [{ PORT: '40x' }, /came "40x"/],
    [{ ISTMO_DATA: '/nowhere/at/all' }, /ISTMO_DATA: expected the path of a folder that exists/],
    [{ DATABASE_URL: 'mysql://u:secret@h/d' }, /DATABASE_URL: expected a URL that begins with postgres/],
  ])('reject %j', (env, message) => {
    expect(() => readDemoConfig(env)).toThrow(message)
  })

  it('never appear in a message if they may hold a password', () => {
    expect(() => readDemoConfig({ DATABASE_URL: 'mysql://u:secret@h/d' })).toThrow(/^(?!.*secret)/)
  })
})
