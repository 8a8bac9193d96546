/** How an authority starts: what it refuses without --development, and TLS with the gateway's certificate. */
import { createHash, X509Certificate } from 'node:crypto'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { pino } from 'pino'
import { generate } from 'selfsigned'
import { Agent, fetch as fetchBy } from 'undici'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { type Authority, startAuthority } from '../../authority/main.ts'
import { readAuthoritySettings } from '../../authority/settings/settings.ts'
import { generateRevealKeys, toPublicKeys } from '../../contract/trust/reveal/reveal-keys.ts'
import { claimsIn, createSession, exchangeForm, fetchNonce, post, toolForm } from './clients.ts'
import { createTestDatabase, type TestAuthorityDatabase } from './database.ts'
import { startLoginProvider } from './login-provider.ts'
import { createTestMandates, createWorld, proofOf, type World } from './world.ts'

let database: TestAuthorityDatabase
const worlds: World[] = []
const authorities: Authority[] = []
beforeAll(async () => {
  database = await createTestDatabase()
})
afterEach(async () => {
  for (const authority of authorities.splice(0)) await authority.close()
})
afterAll(async () => {
  await database.remove()
  for (const world of worlds) await world.remove()
})

async function start(world: World, isDevelopment: boolean): Promise<Authority> {
  const authority = await startAuthority({
    ...{ settings: await readAuthoritySettings(world.config), isDevelopment, log: pino({ level: 'silent' }) },
    openMandates: async () => createTestMandates(),
    openDatabase: database.open,
  })
  authorities.push(authority)
  return authority
}

async function newWorld(over: Readonly<Record<string, unknown>> = {}): Promise<World> {
  const world = await createWorld(over)
  worlds.push(world)
  return world
}

describe('an authority', () => {
  it('warns at its start of an asynchronous standby of its database, which a failover makes forget, and of nothing else', async () => {
    const { config } = await newWorld()
    const warnings: { readonly msg: string; readonly why?: string }[] = []
    const startOn = async (has_standby: boolean) => {
      const db = await database.open()
      const answer = { commits: 'on', names: '', has_standby }
      const authority = await startAuthority({
        ...{
          settings: await readAuthoritySettings(config),
          isDevelopment: true,
          databaseUrl: 'postgres://db.example/gt',
        },
        log: pino({ level: 'warn' }, { write: (line: string) => void warnings.push(JSON.parse(line)) }),
        openMandates: async () => createTestMandates(),
        openDatabase: async () => ({
          ...db,
          query: async <Row>(text: string, params?: readonly unknown[]) =>
            text.includes('pg_stat_replication') ? [answer as Row] : db.query<Row>(text, params),
        }),
      })
      await authority.close()
      return warnings.splice(0).filter(({ msg }) => msg.includes('failover'))
    }
    expect(await startOn(false)).toEqual([])
    expect(await startOn(true)).toEqual([
      expect.objectContaining({
        msg: 'a failover of the database may forget which assertions and proofs were used',
        why: expect.stringMatching(/synchronous_standby_names.*the standby is asynchronous/),
      }),
    ])
  })

  it('does not start with what is not safe for real records, and says each remedy', async () => {
    const world = await newWorld({ host: '0.0.0.0', publicUrl: 'http://authority.gt.example' })
    await chmod(join(world.folder, 'keys/signing.json'), 0o644)
    const failed = await start(world, false).catch((error: Error) => error)
    expect(failed).toMatchObject({ name: 'ConfigError' })
    const { message } = failed as Error
    for (const danger of [
      /host 0\.0\.0\.0 is reached from other machines without TLS\. Give `tls` a certificate/,
      /publicUrl goes over plain HTTP to another machine\. Write an https URL/,
      /the issuer https:\/\/authority\.gt\.example is one for development/,
      /the issuer https:\/\/login\.gt\.example is one for development/,
      /tokens of the client script are not bound to a key.*Remove `bearer: true`/,
      /which officer stands behind a pseudonym.*Give `reveal` .*`istmo reveal key`.*`istmo audit reveal key`/,
      /signingKeys: other users of this machine may use .*signing\.json\. Run: chmod 600/,
    ]) {
      expect(message).toMatch(danger)
    }
  })

  it('starts without --development once its settings say who reveals officers, and not before', async () => {
    const world = await newWorld({ issuer: 'https://authority.mp.gob.gt' })
    const at = (name: string) => join(world.folder, name)
    const provider = { issuer: 'https://login.mp.gob.gt', audience: 'https://authority.mp.gob.gt' }
    const providers = [{ ...provider, jwks: 'provider.jwks.json', algorithms: ['ES256'] }]
    await writeFile(at('providers.yaml'), stringify({ providers }))
    const { clients } = parse(await readFile(at('clients.yaml'), 'utf8')) as { clients: { bearer?: boolean }[] }
    await writeFile(at('clients.yaml'), stringify({ clients: clients.filter(({ bearer }) => bearer !== true) }))
    await expect(start(world, false)).rejects.toThrow(/one that is not:\n- no auditor can ever learn .*\nFor made-up/)
    for (const name of ['reveal', 'auditor']) {
      const keys = await generateRevealKeys('X25519', name === 'auditor')
      await writeFile(at(`${name}.jwks.json`), JSON.stringify({ keys: toPublicKeys(keys) }))
    }
    const auditors = [{ name: 'auditor-gt', keys: ['auditor.jwks.json'] }]
    const reveal = { key: 'reveal.jwks.json', auditors, approvers: [{ agency: 'GT-MP', role: 'security' }] }
    await writeFile(world.config, `${await readFile(world.config, 'utf8')}${stringify({ reveal })}`)
    await expect(start(world, false)).resolves.toMatchObject({ vkey: expect.any(String) })
  })

  it('does not start while another process has its log', async () => {
    const world = await newWorld()
    await start(world, true)
    await expect(start(world, true)).rejects.toThrow('is already open for writing')
  })

  it('does not start with a file that is wrong, and keeps its clients if one becomes wrong', async () => {
    const world = await newWorld()
    const authority = await start(world, true)
    await writeFile(join(world.folder, 'clients.yaml'), 'clients: []')
    await expect(authority.reload()).rejects.toThrow('clients.yaml: clients: ')
    const refused = await fetch(`${authority.url}/token`, {
      method: 'POST',
      body: new URLSearchParams(await toolForm(world)),
    })
    // The client is known still: it is refused because it proves no key.
    expect(await refused.json()).toMatchObject({ reason: 'KEY_MISSING' })
    await authority.close()
    await expect(start(world, true)).rejects.toThrow('docs/authority.md describes the file')
  })
})

describe('a login provider of OpenID Connect', () => {
  it('says by its ID token who an officer is, after a login with authorization code and PKCE', async () => {
    const provider = await startLoginProvider()
    const world = await newWorld()
    const claims = { agency: '/agency', role: '/role', acr: '/level' }
    const entry = {
      issuer: provider.issuer,
      audience: 'console',
      jwks: provider.jwks,
      algorithms: ['ES256'],
      tokenType: 'none',
      claims,
    }
    await writeFile(join(world.folder, 'providers.yaml'), stringify({ providers: [entry] }))
    const { url } = await start(world, true)
    const nonce = await fetchNonce(url, world)
    const session = await createSession()
    const subjectToken = await provider.logIn('a.prosecutor')
    const form = await toolForm(world, { subject_token: subjectToken })
    const answer = await post(url, form, { dpop: await proofOf(session.proofKey, nonce) })
    expect(answer.body).toMatchObject({ token_type: 'DPoP' })
    expect(claimsIn(answer)).toMatchObject({
      ...{ org: { country: 'GT', agency: 'GT-MP-FECO', role: 'prosecutor' }, acr: '2', client_id: 'console' },
      cnf: { jkt: session.thumbprint },
    })
    expect(String(answer.body.access_token)).not.toContain('a.prosecutor')
    // Another tool cannot use what the provider gave to the console.
    const stolen = await toolForm(world, { subject_token: subjectToken, client_id: 'script' })
    expect((await post(url, stolen)).body).toMatchObject({ reason: 'SUBJECT_TOKEN_OF_OTHER' })
    await provider.close()
  })
})

describe('over TLS', () => {
  interface Certificate {
    readonly key: string
    readonly cert: string
  }

  /** A certificate that `signer` signed, or a self-signed one. */
  async function certify(name: string, signer?: Certificate): Promise<Certificate> {
    const extensions = [
      { name: 'basicConstraints' as const, cA: signer === undefined },
      { name: 'subjectAltName' as const, altNames: [{ type: 7 as const, ip: '127.0.0.1' }] },
    ]
    const settings = { keyType: 'ec' as const, algorithm: 'sha256', extensions }
    const made = await generate([{ name: 'commonName', value: name }], { ...settings, ...(signer && { ca: signer }) })
    return { key: made.private, cert: made.cert }
  }

  it('a gateway gets a token for its certificate, and none without one or with one of another authority', async () => {
    const ca = await certify('ca')
    const [server, gateway] = [await certify('authority', ca), await certify('gateway', ca)]
    const stranger = await certify('gateway', await certify('other ca'))
    const world = await newWorld({ tls: { cert: 'cert.pem', key: 'key.pem', clientCa: 'ca.pem' } })
    await writeFile(join(world.folder, 'cert.pem'), server.cert)
    await writeFile(join(world.folder, 'key.pem'), server.key, { mode: 0o600 })
    await writeFile(join(world.folder, 'ca.pem'), ca.cert)
    const { url } = await start(world, true)
    const send = async (form: Readonly<Record<string, string | undefined>>, proof: string | null, by?: Certificate) => {
      const dispatcher = new Agent({ connect: { ca: ca.cert, ...by } })
      const given = Object.entries(form).flatMap(([name, value]): [string, string][] =>
        value === undefined ? [] : [[name, value]],
      )
      const headers = proof === null ? {} : { dpop: proof }
      const response = await fetchBy(`${url}/token`, {
        method: 'POST',
        body: new URLSearchParams(given),
        headers,
        dispatcher,
      })
      const body = (await response.json()) as Readonly<Record<string, unknown>>
      const nonce = response.headers.get('dpop-nonce')
      await dispatcher.close()
      return { status: response.status, body, nonce }
    }
    const access = await send(await toolForm(world, { client_id: 'script' }, { azp: 'script' }), null)
    const accessToken = String(access.body.access_token)
    const { nonce } = await send(await exchangeForm(world, accessToken), await proofOf(world.gateway, null), gateway)
    const exchangeAs = async (by?: Certificate) =>
      send(await exchangeForm(world, accessToken), await proofOf(world.gateway, nonce), by)
    const thumbprint = createHash('sha256').update(new X509Certificate(gateway.cert).raw).digest('base64url')
    expect(claimsIn(await exchangeAs(gateway)).cnf).toEqual({ jkt: world.gateway.thumbprint, 'x5t#S256': thumbprint })
    for (const by of [undefined, stranger]) {
      expect(await exchangeAs(by)).toMatchObject({ status: 401, body: { reason: 'CERTIFICATE_MISSING' } })
    }
    // A tool needs none: it is bound to the key of its session.
    const session = await createSession()
    const own = await send(await toolForm(world), await proofOf(session.proofKey, nonce))
    expect(own.body).toMatchObject({ token_type: 'DPoP' })
  })

  it('the authority shows a renewed certificate without a restart, and keeps the old one while files cannot be used', async () => {
    const ca = await certify('ca')
    const world = await newWorld({ tls: { cert: 'cert.pem', key: 'key.pem', clientCa: 'ca.pem' } })
    const write = async ({ key, cert }: Certificate) => {
      await writeFile(join(world.folder, 'key.pem'), key, { mode: 0o600 })
      await writeFile(join(world.folder, 'cert.pem'), cert)
      return new X509Certificate(cert).fingerprint256
    }
    await writeFile(join(world.folder, 'ca.pem'), ca.cert)
    const first = await write(await certify('authority', ca))
    const authority = await start(world, true)
    const port = Number(new URL(authority.url).port)
    const shown = () =>
      new Promise<string | undefined>((resolve, reject) => {
        const socket = connect({ host: '127.0.0.1', port, ca: ca.cert }, () => {
          resolve(socket.getPeerX509Certificate()?.fingerprint256)
          socket.destroy()
        }).once('error', reject)
      })
    expect(await shown()).toBe(first)
    await writeFile(join(world.folder, 'cert.pem'), 'no certificate')
    await authority.reload()
    expect(await shown()).toBe(first)
    const second = await write(await certify('authority', ca))
    await authority.reload()
    expect(await shown()).toBe(second)
  })
})

describe('an officer who asks for access tokens again and again', () => {
  it('is told to wait, with 429 and for how long, while other officers get theirs', async () => {
    const world = await newWorld({ tokensPerMinute: 2 })
    const authority = await start(world, true)
    const nonce = await fetchNonce(authority.url, world)
    const { proofKey } = await createSession()
    const send = async (sub: string): Promise<Response> =>
      fetch(`${authority.url}/token`, {
        ...{
          method: 'POST',
          body: new URLSearchParams((await toolForm(world, {}, { sub })) as Record<string, string>),
        },
        headers: { dpop: await proofOf(proofKey, nonce) },
      })
    // The minute may turn once meanwhile.
    const answers: Response[] = []
    while (answers.at(-1)?.status !== 429 && answers.length < 6) answers.push(await send('hasty'))
    const refused = answers.pop()
    expect(answers.length).toBeGreaterThanOrEqual(2)
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(refused?.status).toBe(429)
    expect(await refused?.json()).toMatchObject({ error: 'temporarily_unavailable', reason: 'TOO_OFTEN' })
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(refused?.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    expect((await send('patient')).status).toBe(200)
  })
})
