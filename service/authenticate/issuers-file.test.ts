import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readIssuers } from './issuers-file.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-issuers-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function read(text: string, countriesFolder: string | null = 'countries') {
  const issuersFile = join(folder, 'issuers.yaml')
  await writeFile(issuersFile, text)
  return readIssuers({ issuers: [], issuersFile, countriesFolder })
}

const GT = 'issuer: https://id.gt.example, audience: https://istmo.example, jwks: gt.json'
const one = (more = '', entry = GT): string => `issuers: [{ ${entry}, ${more} }]`

describe('a file of issuers', () => {
  it('is read as issuers with defaults, and key files from its own folder', async () => {
    const text = `
issuers:
  - { ${GT}, country: GT }
  - issuer: https://id.hn.example
    audience: istmo
    jwks: https://id.hn.example/jwks
    algorithms: [ES256]
    tokenType: JWT
    country: HN
    claims: { country: /https:~1~1id.hn.example~1country, mandate: /istmo_mandate }
    maxLifetimeS: 600
`
    expect(await read(text)).toEqual([
      {
        issuer: 'https://id.gt.example',
        audience: 'https://istmo.example',
        jwks: join(folder, 'gt.json'),
        algorithms: ['EdDSA', 'ES256', 'RS256', 'PS256'],
        tokenType: 'at+jwt',
        country: 'GT',
        claims: {
          country: '/org/country',
          agency: '/org/agency',
          role: '/org/role',
          mandate: '/authorization_details',
          policies: null,
        },
        maxLifetimeS: 3_600,
      },
      {
        issuer: 'https://id.hn.example',
        audience: 'istmo',
        jwks: 'https://id.hn.example/jwks',
        algorithms: ['ES256'],
        tokenType: 'JWT',
        country: 'HN',
        claims: {
          country: '/https:~1~1id.hn.example~1country',
          agency: '/org/agency',
          role: '/org/role',
          mandate: '/istmo_mandate',
          policies: null,
        },
        maxLifetimeS: 600,
      },
    ])
  })

  it('may say of an issuer that it is an authority, and where the gateway exchanges its tokens', async () => {
    const authority = 'authority: { token: https://authority.gt.example/token, client: gateway-1, ca: tls/gt.pem }'
    const [issuer] = await read(one(`country: GT, ${authority}`))
    expect(issuer?.authority).toEqual({
      ...{ token: 'https://authority.gt.example/token', client: 'gateway-1', ca: join(folder, 'tls/gt.pem') },
    })
  })

  it('need not name the country if no country takes part', async () => {
    expect(await read(one(), null)).toMatchObject([{ country: null }])
  })

  it.each<[string, string, RegExp]>([
    ['that is not YAML', 'issuers: [', /expected a YAML file: .*--issuers/],
    ['that is empty', '', /at the top/],
    ['without issuers', 'issuers: []', /: issuers: /],
    ['with an unknown key', one('country: GT, color: red'), /issuers\.0: .*color/],
    ['with an unknown key of the claims', one('country: GT, claims: { sub: /x }'), /issuers\.0\.claims: .*sub/],
    ['with a malformed country code', one('country: gt'), /issuers\.0\.country: expected an ISO 3166-1/],
    ['without a country', one(), /issuers\.0\.country: expected the country that it speaks for/],
    ['with a symmetric algorithm', one('country: GT, algorithms: [HS256]'), /issuers\.0\.algorithms\.0/],
    ['with no algorithm', one('country: GT, algorithms: []'), /issuers\.0\.algorithms/],
    ['with another token type', one('country: GT, tokenType: jwt'), /issuers\.0\.tokenType/],
    [
      'with a pointer that is none',
      one('country: GT, claims: { country: org.country }'),
      /claims\.country: expected a JSON pointer/,
    ],
    ['with a life of a day', one('country: GT, maxLifetimeS: 86400'), /issuers\.0\.maxLifetimeS/],
    [
      'with keys over plain HTTP',
      one('country: GT', GT.replace('gt.json', 'http://id.gt.example/jwks')),
      /issuers\.0\.jwks: expected an https URL/,
    ],
    [
      'with an authority over plain HTTP',
      one('country: GT, authority: { token: "http://gt.example/token", client: g }'),
      /authority\.token: expected an https URL/,
    ],
    [
      'with an authority at a path',
      one('country: GT, authority: { token: gt/token, client: g }'),
      /authority\.token: expected an https URL/,
    ],
    [
      'with an authority without a client',
      one('country: GT, authority: { token: "https://a/t" }'),
      /authority\.client/,
    ],
    [
      'with an issuer twice',
      `issuers: [{ ${GT}, country: GT }, { ${GT}, country: HN }]`,
      /issuers\.1\.issuer: expected each issuer once/,
    ],
  ])('%s is rejected, with the file and the place in the message', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message)
    await expect(read(text)).rejects.toThrow(join(folder, 'issuers.yaml'))
  })

  it('that does not exist is rejected, with the setting in the message', async () => {
    const issuersFile = join(folder, 'nowhere.yaml')
    await expect(readIssuers({ issuers: [], issuersFile, countriesFolder: null })).rejects.toThrow(
      /nowhere\.yaml: expected a YAML file: there is no such file or folder \(ENOENT\)\..*--issuers \(ISSUERS_FILE\)/,
    )
  })
})
