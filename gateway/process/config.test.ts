import { describe, expect, it } from 'vitest'
import { readSettings } from '../../service/setting.ts'
import { readGatewayConfig } from './config.ts'
import { LIMIT_SETTINGS, toLimitConfig } from './limit-settings.ts'
import { GATEWAY_SETTINGS, type GatewayFlags } from './settings.ts'

const TOKENS: GatewayFlags = { jwks: 'https://id.gt.example/jwks', issuer: 'https://id.gt.example', audience: 'istmo' }
const FLAGS: GatewayFlags = { supergraph: 'supergraph.graphql', ...TOKENS }

function without(key: keyof GatewayFlags): GatewayFlags {
  return Object.fromEntries(Object.entries(FLAGS).filter(([name]) => name !== key))
}

function readMessage(read: () => unknown): string {
  try {
    read()
    return 'accepted'
  } catch (error) {
    return (error as Error).message
  }
}

describe('the gateway’s settings', () => {
  it('are the flags, with defaults for the rest, frozen', () => {
    const config = readGatewayConfig(FLAGS, {})
    const limits = readSettings(LIMIT_SETTINGS, {}, {}).values
    expect(config).toEqual({
      supergraphFile: 'supergraph.graphql',
      workers: 1,
      worker: null,
      host: '127.0.0.1',
      port: 4000,
      countriesFolder: null,
      issuers: [
        {
          ...{ ...TOKENS, country: null, tokenType: 'at+jwt', algorithms: ['EdDSA', 'ES256', 'RS256', 'PS256'] },
          claims: {
            country: '/org/country',
            agency: '/org/agency',
            role: '/org/role',
            mandate: '/authorization_details',
            policies: null,
          },
          maxLifetimeS: 3_600,
        },
      ],
      issuersFile: null,
      publicUrl: null,
      tls: null,
      clientTls: null,
      anonymous: false,
      accessMode: 'filter',
      landingFile: null,
      graphiql: false,
      metrics: true,
      operatorListen: null,
      probesPrivateAddresses: false,
      development: false,
      isFast: true,
      corsOrigins: [],
      requestDeadlineMs: 8_000,
      drainMs: 0,
      legDeadlineMs: 2_000,
      maxAnswerBytes: 4_194_304,
      legKeyFile: null,
      gatewayName: 'istmo',
      logLevel: 'info',
      otlpEndpoint: null,
      takesTraces: false,
      suspensionsFolder: null,
      suspendersFile: null,
      auditLogFiles: null,
      ...(limits && toLimitConfig(limits)),
    })
    expect(Object.isFrozen(config)).toBe(true)
  })

  it('are read from the environment if no flag overrides it', () => {
    const env = {
      SUPERGRAPH_FILE: 'env.graphql',
      PORT: '5000',
      COUNTRIES_DIR: 'countries',
      ANONYMOUS: 'true',
      HOST: '',
      METRICS: '0',
      CORS_ORIGIN: 'https://a.example, http://127.0.0.1:3000',
    }
    const config = readGatewayConfig({ port: '6000' }, env)
    expect(config).toMatchObject({
      supergraphFile: 'env.graphql',
      port: 6000,
      countriesFolder: 'countries',
      anonymous: true,
      host: '127.0.0.1',
      issuers: [],
      metrics: false,
      corsOrigins: ['https://a.example', 'http://127.0.0.1:3000'],
    })
  })

  it.each<[string, GatewayFlags, RegExp]>([
    ['no supergraph', TOKENS, /--supergraph \(SUPERGRAPH_FILE\): expected .*; came nothing/],
    [
      'a port that is not a number',
      { ...FLAGS, port: 'abc' },
      /--port \(PORT\): expected a whole number .*; came "abc"/,
    ],
    ['a port that is too high', { ...FLAGS, port: '65536' }, /--port/],
    ['a negative deadline', { ...FLAGS, legDeadline: '-1' }, /--leg-deadline \(LEG_DEADLINE_MS\)/],
    ['a deadline of zero', { ...FLAGS, requestDeadline: '0' }, /--request-deadline/],
    ['a country code that is not valid', { ...FLAGS, issuerCountry: 'gt' }, /--issuer-country/],
    ['metrics that are neither on nor off', { ...FLAGS, metrics: 'yes' }, /--metrics \(METRICS\): expected 1, true/],
    ['any origin', { ...FLAGS, corsOrigin: '*' }, /--cors-origin \(CORS_ORIGIN\): expected origins .*; came "\*"/],
    ['an origin with a path', { ...FLAGS, corsOrigin: 'https://a.example,https://b.example/' }, /--cors-origin/],
    ['a collector without a scheme', { ...FLAGS, otlpEndpoint: 'collector:4318' }, /--otlp-endpoint \(OTEL_EXPORTER/],
    ['a collector with a query', { ...FLAGS, otlpEndpoint: 'http://c.example/?key=1' }, /--otlp-endpoint/],
    ['an unknown log level', { ...FLAGS, logLevel: 'loud' }, /--log-level .* one of trace/],
    [
      'keys over plain HTTP from another machine',
      { ...FLAGS, jwks: 'http://id.gt.example/jwks' },
      /--jwks \(JWKS_URL\)/,
    ],
    ['keys by another protocol', { ...FLAGS, jwks: 'ftp://id.gt.example/jwks' }, /--jwks/],
    ['a password in the keys’ address', { ...FLAGS, jwks: 'https://a:b@id.gt.example/jwks' }, /--jwks/],
    ['no audience', without('audience'), /^--audience \(AUDIENCE\): expected/],
    [
      'no issuer, although anonymous requests are allowed',
      { ...without('issuer'), anonymous: true },
      /^--issuer \(ISSUER\)/,
    ],
    ['issuers by file and by flag', { ...FLAGS, issuers: 'issuers.yaml' }, /^--jwks .*--audience .*beside --issuers/],
    [
      'a token type beside a file of issuers',
      { supergraph: 'x', issuers: 'issuers.yaml', tokenType: 'JWT' },
      /^--token-type \(TOKEN_TYPE\): expected nothing beside --issuers/,
    ],
    [
      'a client key without a certificate',
      { ...FLAGS, clientKey: 'key.pem' },
      /^--client-cert \(CLIENT_CERT_FILE\): expected/,
    ],
    [
      'a client certificate without a key',
      { ...FLAGS, clientCert: 'c.pem' },
      /^--client-key \(CLIENT_KEY_FILE\): expected/,
    ],
    ['a TLS key without a certificate', { ...FLAGS, tlsKey: 'key.pem' }, /^--tls-cert \(TLS_CERT_FILE\): expected/],
    [
      'authorities for client certificates without TLS',
      { ...FLAGS, tlsClientCa: 'ca.pem' },
      /^--tls-key .*, --tls-cert /,
    ],
    ['a public address with a query', { ...FLAGS, publicUrl: 'https://istmo.example/?a=1' }, /--public-url/],
    ['a public address with a password', { ...FLAGS, publicUrl: 'https://a:b@istmo.example' }, /--public-url/],
    ['a public address that is not a URL', { ...FLAGS, publicUrl: 'istmo.example' }, /--public-url/],
    [
      'an operator’s address without a port',
      { ...FLAGS, operatorListen: '127.0.0.1' },
      /--operator-listen \(OPERATOR_LISTEN\)/,
    ],
    ['an operator’s port that is too high', { ...FLAGS, operatorListen: '127.0.0.1:65536' }, /--operator-listen/],
    ['no tokens at all', { supergraph: 'x' }, /--jwks .*--issuer .*--audience .*--anonymous/],
  ])('with %s are rejected, with the flag and the variable in the message', (_, flags, message) => {
    expect(() => readGatewayConfig(flags, {})).toThrow(message)
  })

  it('that are wrong are rejected all at once, also those that only make sense together', () => {
    const flags = { port: 'abc', legDeadline: '-1', issuer: 'x', tlsKey: 'k', auditLogDir: 'd' }
    const message = readMessage(() => readGatewayConfig(flags, { LOG_LEVEL: 'loud' }))
    const flagsNamed = message.split('\n').map((line) => line.split(' ', 1)[0])
    expect(flagsNamed).toEqual([
      '--supergraph',
      '--port',
      '--leg-deadline',
      '--log-level',
      '--jwks',
      '--tls-cert',
      '--audit-log-key',
    ])
  })

  it.each([
    ['127.0.0.1:9464', { host: '127.0.0.1', port: 9464 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    ['off', null],
  ])('open the operator’s server at %s', (operatorListen, expected) => {
    expect(readGatewayConfig({ ...FLAGS, operatorListen }, {}).operatorListen).toEqual(expected)
  })

  it.each([
    'http://127.0.0.1:4009/jwks',
    'http://localhost/jwks',
    'http://[::1]/jwks',
    './keys.json',
    '/etc/keys.json',
  ])('accept keys from %s', (jwks) => {
    expect(readGatewayConfig({ ...FLAGS, jwks }, {}).issuers[0]?.jwks).toBe(jwks)
  })

  it('may name a file of issuers, TLS and the address that callers use', () => {
    const config = readGatewayConfig(
      { supergraph: 'x', issuers: 'i.yaml', tlsKey: 'k', tlsCert: 'c', publicUrl: 'https://istmo.example/' },
      {},
    )
    expect(config).toMatchObject({ issuers: [], issuersFile: 'i.yaml', publicUrl: 'https://istmo.example' })
    expect(config.tls).toEqual({ key: 'k', cert: 'c', clientCa: null })
  })

  it.each(['2', '64'])(
    'demand a leg key if %s workers ask countries, because each of them would make its own',
    (workers) => {
      const flags = { ...FLAGS, countries: 'countries', workers }
      expect(() => readGatewayConfig(flags, {})).toThrow(
        /^--leg-key \(LEG_KEY_FILE\): expected a file, because each worker/,
      )
      expect(readGatewayConfig({ ...flags, legKey: 'leg.json' }, {}).workers).toBe(Number(workers))
      expect(readGatewayConfig({ ...flags, workers: '1' }, {}).workers).toBe(1)
    },
  )

  it('refuse a drain with several workers, which cannot drain', () => {
    expect(() => readGatewayConfig({ ...FLAGS, workers: '2', drain: '5000' }, {})).toThrow(
      /^--drain \(DRAIN_MS\): expected no drain, because several workers cannot drain; came "5000"\./,
    )
    expect(readGatewayConfig({ ...FLAGS, workers: '2', drain: '0' }, {}).drainMs).toBe(0)
    expect(readGatewayConfig({ ...FLAGS, drain: '5000' }, {}).drainMs).toBe(5_000)
  })

  it.each(['0', '65', 'two'])('have from 1 to 64 workers, and not %s', (workers) => {
    expect(() => readGatewayConfig({ ...FLAGS, workers }, {})).toThrow(
      /--workers \(WORKERS\): expected a whole number from 1/,
    )
  })

  it('never show a database URL, because it may hold a password', () => {
    const flags = { ...FLAGS, sharedDatabase: 'mysql://u:secret@db' }
    expect(() => readGatewayConfig(flags, {})).toThrow(/SHARED_DATABASE_URL\): expected postgres.*came something else/)
  })

  it.each([
    ['port', '4000'],
    ['requestDeadline', '8000'],
    ['metrics', '1'],
    ['name', 'istmo'],
    ['logLevel', 'info'],
  ] as const)('document the default that applies: %s', (key, documented) => {
    expect(GATEWAY_SETTINGS[key].default).toBe(documented)
    expect(readGatewayConfig({ ...FLAGS, [key]: documented }, {})).toEqual(readGatewayConfig(FLAGS, {}))
  })

  it('have one flag and one variable each', () => {
    const settings = Object.values(GATEWAY_SETTINGS)
    expect(new Set(settings.map(({ flag }) => flag)).size).toBe(settings.length)
    expect(new Set(settings.map(({ variable }) => variable)).size).toBe(settings.length)
  })
})
