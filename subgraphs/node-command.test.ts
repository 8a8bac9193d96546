import { describe, expect, it } from 'vitest'
import { parseNodeConfig } from './node-command.ts'

const FLAGS = ['--country', 'HN', '--domains', 'cases,persons', '--port', '0', '--gateway-jwks', 'keys.json']

describe("a node's settings", () => {
  it('come from flags, and the rest are the defaults', () => {
    expect(parseNodeConfig(FLAGS, {})).toEqual({
      country: 'HN',
      domains: ['cases', 'persons'],
      host: '127.0.0.1',
      port: 0,
      gatewayJwks: 'keys.json',
      gatewayIssuer: 'istmo',
      countThreshold: 5,
      callerTime: { perSecond: 200, burst: 3_000 },
      drain: 0,
      contactPoint: null,
      auditLogShards: 'none',
      logLevel: 'info',
      operatorListen: null,
      development: false,
      fast: true,
    })
  })

  it('come from the environment, and a flag takes precedence over a variable', () => {
    const env = { COUNTRY: 'GT', DATABASE_URL: 'postgres://db/istmo', COUNT_THRESHOLD: '3', CONTACT_POINT: '' }
    expect(parseNodeConfig(FLAGS, env)).toMatchObject({
      country: 'HN',
      databaseUrl: 'postgres://db/istmo',
      countThreshold: 3,
      callerTime: { perSecond: 200, burst: 3_000 },
      contactPoint: null,
      auditLogShards: 'none',
    })
  })

  it('can leave the time of callers without a limit', () => {
    expect(parseNodeConfig([...FLAGS, '--caller-time', '0'], {}).callerTime).toBeNull()
    expect(parseNodeConfig([...FLAGS, '--caller-time', '50:9'], {}).callerTime).toEqual({ perSecond: 50, burst: 9 })
  })

  it('accept a service for each domain, one flag each', () => {
    const upstream = ['cases=http://127.0.0.1:1/a?b=c', 'persons=https://hn.example/p']
    const flags = [...FLAGS, ...upstream.flatMap((one) => ['--upstream', one])]
    const read = [
      { domain: 'cases', url: 'http://127.0.0.1:1/a?b=c' },
      { domain: 'persons', url: 'https://hn.example/p' },
    ]
    expect(parseNodeConfig(flags, {}).upstream).toEqual(read)
    expect(parseNodeConfig(FLAGS, { UPSTREAM: upstream.join(', ') }).upstream).toEqual(read)
  })

  it.each([
    [
      'an unknown flag',
      [...FLAGS, '--databse-url', 'x'],
      {},
      /unknown option '--databse-url'. Did you mean --database-url\?/,
    ],
    ['a share of time without a colon', [...FLAGS, '--caller-time', '200'], {}, /--caller-time .*; came "200"/],
    ['a share of more than a second', [...FLAGS, '--caller-time', '1001:9'], {}, /--caller-time .*; came "1001:9"/],
    ['a stray word', [...FLAGS, 'now'], {}, /expected no arguments; came "now"/],
    ['a missing country', FLAGS.slice(2), {}, /--country \(COUNTRY\): expected a code of ISO 3166-1 .*; came nothing/],
    [
      'a country in small letters',
      [...FLAGS, '--country', 'hn'],
      {},
      /--country \(COUNTRY\): expected a code of ISO 3166-1 .*; came "hn"/,
    ],
    [
      'a domain that does not exist',
      [...FLAGS, '--domains', 'cases,laws'],
      {},
      /--domains \(DOMAINS\), item 2: expected one or more of cases, persons, legal.*; came "cases,laws"/,
    ],
    [
      'a port that is not a number',
      [...FLAGS, '--port', 'http'],
      {},
      /--port \(PORT\): expected a whole number from 0 to 65535; came/,
    ],
    [
      'a port out of range',
      [...FLAGS, '--port', '65536'],
      {},
      /--port \(PORT\): expected a whole number from 0 to 65535; came/,
    ],
    [
      'a threshold of 0',
      FLAGS,
      { COUNT_THRESHOLD: '0' },
      /--count-threshold \(COUNT_THRESHOLD\): expected .*; came "0"/,
    ],
    [
      'a service of a domain that is not served',
      [...FLAGS, '--upstream', 'legal=http://127.0.0.1:1'],
      {},
      /--upstream DOMAIN=URL once for each/,
    ],
    [
      'a service over plain HTTP elsewhere',
      FLAGS,
      { UPSTREAM: 'cases=http://10.0.0.1/' },
      /https URL, or an http URL of a loopback/,
    ],
    ['a service without its domain', [...FLAGS, '--upstream', 'http://127.0.0.1:1'], {}, /expected DOMAIN=URL/],
    [
      'a service whose URL has a password',
      FLAGS,
      { UPSTREAM: 'cases=https://u:secret@hn.example/' },
      /--upstream \(UPSTREAM\), item 1: expected .*; came something else/,
    ],
    [
      'a service beside a database',
      [
        ...FLAGS,
        '--upstream',
        'cases=http://127.0.0.1:1',
        '--upstream',
        'persons=http://127.0.0.1:1',
        '--database-folder',
        'x',
      ],
      {},
      /and set no database/,
    ],
    [
      'two databases',
      [...FLAGS, '--database-folder', 'x'],
      { DATABASE_URL: 'postgres://db/istmo' },
      /--database-folder \(DATABASE_FOLDER\): expected nothing beside --database-url \(DATABASE_URL\)\. Remove one/,
    ],
    [
      'a country without a port',
      FLAGS.slice(0, 4),
      {},
      /--port (.|\n)*--gateway-jwks \(LEG_JWKS_FILE\): expected .*; came nothing/,
    ],
    [
      'a database of another kind',
      FLAGS,
      { DATABASE_URL: 'mysql://u:secret@db' },
      /--database-url \(DATABASE_URL\): expected postgres.*; came something else/,
    ],
  ])(
    'are rejected with %s, and the message names the flag, the variable and what was expected',
    (_name, argv, env, message) => {
      expect(() => parseNodeConfig(argv, env)).toThrow(message)
    },
  )

  it('that are wrong are rejected all at once, also those that only make sense together', () => {
    const flags = ['--country', 'hn', '--port', 'x', '--domains', 'cases', '--audit-log-dir', 'd']
    expect(() => parseNodeConfig([...flags, '--upstream', 'persons=http://127.0.0.1:1'], {})).toThrow(
      /--country(.|\n)*--port(.|\n)*--gateway-jwks(.|\n)*audit log: set all(.|\n)*upstream: set/,
    )
  })

  it('never appear in the message if they may hold a password', () => {
    expect(() => parseNodeConfig(FLAGS, { DATABASE_URL: 'mysql://u:secret@db' })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('secret') }),
    )
  })
})
