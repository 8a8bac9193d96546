import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, copyFile, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { newSigner } from '../../audit/log/testing.ts'
import { parseSignerKey } from '../../audit/note/key.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { createWitness, createWitnessServer, type Witness } from '../../audit/witness/witness.ts'
import { handIn } from '../../cli/hand-in.ts'
import { runMandates } from '../../cli/mandates/mandates.ts'
import { signMandate, verifyMandate } from '../../contract/trust/mandate-document.ts'
import { newPersonalKey } from '../../contract/trust/testing.ts'
import { listen } from '../../service/http/listen.ts'
import { makeMandateProof, verifyMandateProof } from '../../service/trust/mandate-proof.ts'
import { auditHere } from '../audit-cli/istmo.ts'
import { createWorld, ISSUER, providerClaims, sign, type World } from '../authority/world.ts'

/**
 * Two people, each with a key and a token of their own, make a mandate with `istmo mandates`. The authority is a process that is killed on the
 * way, its log is on the disk, and a witness of HN cosigns it over HTTP. A node of HN then believes the mandate by its proof.
 */

const ISTMO = join(import.meta.dirname, '../../cli/istmo.js')
const PEOPLE = {
  ana: { agency: 'GT-MP', role: 'coordinator' },
  beto: { agency: 'GT-MP', role: 'head' },
  carla: { agency: 'GT-MP', role: 'head' },
  olga: { agency: 'GT-MP-FECO', role: 'prosecutor' },
} as const

const hnWitness = newSigner('witness.hn.example', 'cosignature')
let world: World
let witness: Witness
let authority: ChildProcess
let kids: Readonly<Record<string, string>>
const closing: (() => unknown)[] = []
const at = (name: string): string => join(world.folder, name)

interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs `istmo mandates`. `answers` are what the person types. */
async function mandates(args: readonly string[], answers: readonly string[] = []): Promise<Ended> {
  let [out, err] = ['', '']
  const left = [...answers]
  const code = await runMandates(args, {
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
    now: Date.now,
    ask: async () => left.shift() ?? null,
    witnessPatienceMs: 1_000,
  })
  return { code, out, err }
}

/** The arguments with which a person signs and hands in. */
const as = (person: string, key = person): string[] => [
  ...['--key', at(`${key}.key`), '--token', at(`${person}.jwt`), '--authority', at('audit-log')],
]

async function startAuthority(): Promise<void> {
  authority = spawn(process.execPath, [ISTMO, 'authority', '--config', world.config, '--development'])
  let said = ''
  authority.stderr?.on('data', (text) => {
    said += text
  })
  const ended = once(authority, 'exit').then(() => Promise.reject(new Error(`the authority ended: ${said}`)))
  await Promise.race([once(authority.stdout as NonNullable<ChildProcess['stdout']>, 'data'), ended])
  ended.catch(() => undefined)
}

async function end(signal: NodeJS.Signals): Promise<void> {
  if (authority.exitCode !== null || authority.signalCode !== null) return
  const exit = once(authority, 'exit')
  authority.kill(signal)
  await exit
}

async function writeDraft(name: string, over: object = {}): Promise<string> {
  const day = new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10)
  const draft = {
    ...{ issuer: ISSUER, country: 'GT', task_force: 'jtf-2026-03', purposes: ['INVESTIGATION'], countries: ['HN'] },
    ...{ scopes: ['case:read'], legal_basis: ['UN:XVIII-12#27'], case: 'GT:MP001-2026-1234' },
    ...{ not_after: day, time_zone: 'America/Guatemala', approver: { subject: 'beto' } },
    officers: [{ agency: 'GT-MP-FECO', role: 'prosecutor' }, { subject: 'olga' }],
    ...over,
  }
  await writeFile(at(`${name}.yaml`), JSON.stringify(draft))
  return at(`${name}.json`)
}

/** Drafts as Ana. Returns the path of the document. */
async function draft(name: string, over: object = {}): Promise<string> {
  const document = await writeDraft(name, over)
  const { code, err } = await mandates(['draft', at(`${name}.yaml`), document, ...as('ana'), '--yes'])
  expect(err).toBe('')
  expect(code).toBe(0)
  return document
}

const stateOf = async (document: string): Promise<string | undefined> => {
  const hash = /Hash +(\S+)/.exec((await mandates(['show', document])).out)?.[1] ?? ''
  // The authority publishes its log a moment after each entry.
  const { out } = await mandates(['list', '--authority', at('audit-log')])
  return out
    .split('\n')
    .find((line) => line.includes(hash))
    ?.split(' ', 1)[0]
}

beforeAll(async () => {
  const witnessSettings = { drafters: [PEOPLE.ana], approvers: [PEOPLE.beto], witnesses: { HN: ['hn'] } }
  world = await createWorld({ trustPolicy: 'policy', mandates: witnessSettings })
  await writeFile(at('passphrase'), 'correct horse battery staple\n')
  const made = await Promise.all(
    Object.keys(PEOPLE).map(async (person) => {
      const secret = person === 'beto' ? ['--passphrase-file', at('passphrase'), '--curve', 'P-256'] : []
      const { out } = await mandates(['key', at(`${person}.key`), ...secret])
      const token = await sign(
        providerClaims({ sub: person, org: PEOPLE[person as keyof typeof PEOPLE] }),
        world.provider,
      )
      await writeFile(at(`${person}.jwt`), `${token}\n`)
      return [person, out.trim()] as const
    }),
  )
  kids = Object.fromEntries(made)
  const settings = await readFile(world.config, 'utf8')
  await writeFile(
    world.config,
    settings.replace('mandates:', `mandates:\n  approverKeys: [${kids.beto}, ${kids.carla}]`),
  )
  const log = parseSignerKey((await readFile(at('keys/log.key'), 'utf8')).trim()).verifier
  witness = await createWitness({ folder: at('witness'), signer: hnWitness, logs: [log] })
  const server = createWitnessServer(witness)
  const { port } = await listen(server, '127.0.0.1', 0)
  closing.push(witness.close, () => server.close())
  const line = `witness hn ${hnWitness.verifier.vkey} http://127.0.0.1:${port}/`
  await writeFile(at('policy'), `log ${log.vkey}\n${line}\nquorum hn\n`)
  await startAuthority()
})

afterAll(async () => {
  await end('SIGTERM')
  for (const close of closing.reverse()) await close()
  await world.remove()
})

describe('two people with istmo mandates', () => {
  it('make a mandate that survives the end of its authority, and that a node believes by its proof', async () => {
    const document = await writeDraft('first')
    const drafted = await mandates(['draft', at('first.yaml'), document, ...as('ana')], ['yes'])
    expect(drafted).toMatchObject({ code: 0, err: '' })
    expect(drafted.out).toMatch(/Task force +jtf-2026-03/)
    expect(drafted.out).toMatch(/To be approved by +beto/)
    expect(JSON.parse(await readFile(`${document}.case`, 'utf8')).case).toBe('GT:MP001-2026-1234')
    expect(await readFile(document, 'utf8')).not.toMatch(/MP001|olga|beto/)

    await end('SIGKILL')
    await startAuthority()
    await vi.waitFor(async () => expect(await stateOf(document)).toBe('DRAFTED'), 5_000)

    const shown = await mandates(
      ['approve', document, ...as('beto'), '--passphrase-file', at('passphrase'), '--lang', 'es', '--person', 'olga'],
      ['sí'],
    )
    // Beto named Olga, and not Ana.
    expect(shown).toMatchObject({ code: 0, err: expect.stringMatching(/--person/) })
    expect(shown.out).toMatch(/Funcionarios +olga \(/)
    expect(shown.out).toMatch(/Redactado por +la persona/)
    expect(shown.out).toMatch(/Debe aprobarlo +usted/)
    expect(shown.out).toMatch(/Puede consultar a +Honduras \(HN\)/)
    expect(shown.out).toMatch(/Funcionarios +todos los que tienen la función «prosecutor» en GT-MP-FECO/)
    await vi.waitFor(async () => expect(await stateOf(document)).toBe('APPROVED'), 5_000)

    const text = await readFile(document, 'utf8')
    const { hash, jws } = await verifyMandate(text, new Set([kids.beto ?? '']))
    const log = parseSignerKey((await readFile(at('keys/log.key'), 'utf8')).trim()).verifier
    const source = folderSource(at('audit-log/log'))
    const index = await findIndex(hash)
    const witnesses = [hnWitness.verifier]
    const proof = await vi.waitFor(() => makeMandateProof(jws, { source, index, log, witnesses }), 5_000)
    const trust = { issuer: ISSUER, country: 'GT', approvers: new Set([kids.beto ?? '']), log, witnesses }
    expect(await verifyMandateProof(JSON.stringify(proof), trust)).toMatchObject({ hash })
  })

  it('revoke it, one of them alone, for ever', async () => {
    const document = await draft('second')
    const approve = ['approve', document, ...as('beto'), '--passphrase-file', at('passphrase'), '--yes']
    expect(await mandates(approve)).toMatchObject({ code: 0 })
    // The answer may have been lost, so the same command again is no fault.
    expect(await mandates(approve)).toMatchObject({ code: 0 })
    const revoked = await mandates(['revoke', document, '--reason', 'case closed', ...as('ana')], ['y'])
    expect(revoked).toMatchObject({ code: 0, err: '' })
    expect(revoked.out).toMatch(/about to revoke the mandate \S+ for ever/)
    await vi.waitFor(async () => expect(await stateOf(document)).toBe('REVOKED'), 5_000)
    expect((await mandates(approve)).err).toMatch(/REVOKED: expected a mandate that was not revoked/)
  })
})

function decodePayload(text: string): { readonly officers: readonly unknown[] } {
  return JSON.parse(Buffer.from(JSON.parse(text).payload, 'base64url').toString())
}

async function findIndex(hash: string): Promise<number> {
  const { out } = await mandates(['list', '--authority', at('audit-log'), '--json', '--state', 'APPROVED'])
  const found = out.split('\n').find((line) => line.includes(hash)) ?? '{}'
  return JSON.parse(found).index
}

describe('istmo mandates refuses', () => {
  let document: string
  beforeAll(async () => {
    document = await draft('third')
  })

  const approve = (args: readonly string[], answers: readonly string[] = []) =>
    mandates(['approve', document, ...args], answers)
  const passphrase = () => ['--passphrase-file', at('passphrase')]

  it.each<readonly [string, number, RegExp, () => Promise<Ended>]>([
    [
      'an approval by the drafter',
      1,
      /NOT_ALLOWED/,
      async () => {
        await copyFile(document, at('copy-1.json'))
        return mandates(['approve', at('copy-1.json'), ...as('ana', 'carla'), '--yes'])
      },
    ],
    [
      'an approver whom the document does not name',
      1,
      /NOT_THE_PERSON_NAMED/,
      async () => {
        await copyFile(document, at('copy-2.json'))
        return mandates(['approve', at('copy-2.json'), ...as('carla'), '--yes'])
      },
    ],
    [
      'an officer who approves',
      1,
      /pinned here|NOT_ALLOWED/,
      async () => {
        await copyFile(document, at('copy-3.json'))
        return mandates(['approve', at('copy-3.json'), ...as('olga'), '--yes'])
      },
    ],
    [
      'a document that was changed after it was drafted',
      1,
      /signature 1: expected a valid signature/,
      async () => {
        const jws = JSON.parse(await readFile(document, 'utf8'))
        const payload = Buffer.from(jws.payload, 'base64url').toString().replace('"HN"', '"SV"')
        await writeFile(
          at('changed.json'),
          JSON.stringify({ ...jws, payload: Buffer.from(payload).toString('base64url') }),
        )
        return mandates(['approve', at('changed.json'), ...as('beto'), ...passphrase(), '--yes'])
      },
    ],
    [
      'a draft that no authority took',
      1,
      /MANDATE_UNKNOWN/,
      async () => {
        const jws = JSON.parse(await readFile(document, 'utf8'))
        const payload = JSON.parse(Buffer.from(jws.payload, 'base64url').toString())
        const forged = await signMandate({ ...payload, countries: ['HN', 'SV', 'PA'] }, newPersonalKey(), 'drafter')
        await writeFile(at('forged.json'), JSON.stringify(forged))
        return mandates(['approve', at('forged.json'), ...as('beto'), ...passphrase(), '--yes'])
      },
    ],
    [
      'a person who does not type yes',
      1,
      /nothing was signed/,
      () => approve([...as('beto'), ...passphrase()], ['no']),
    ],
    [
      'to sign without a question where nobody can be asked',
      2,
      /a terminal.*or --yes/,
      () => approve([...as('beto'), ...passphrase()]),
    ],
    [
      'a wrong passphrase',
      1,
      /expected the passphrase of this key/,
      () => approve([...as('beto'), '--yes'], ['wrong']),
    ],
    ['an encrypted key without its passphrase', 1, /came none/, () => approve([...as('beto'), '--yes'])],
    ['a key that does not exist', 1, /there is no file. Make a key/, () => approve([...as('beto', 'nobody'), '--yes'])],
    [
      'a key that others may read',
      1,
      /chmod 600/,
      async () => {
        await copyFile(at('carla.key'), at('open.key'))
        await chmod(at('open.key'), 0o644)
        return approve([...as('beto', 'open'), '--yes'])
      },
    ],
    [
      'a file that is no key',
      1,
      /expected a person’s key/,
      async () => {
        await writeFile(at('bad.key'), '{"kty":"OKP"}', { mode: 0o600 })
        return approve([...as('beto', 'bad'), '--yes'])
      },
    ],
    [
      'a token of somebody else’s provider',
      1,
      /subject token|`iss`|signature/,
      async () => {
        const { provider } = { provider: world.gateway }
        await writeFile(at('false.jwt'), await sign(providerClaims({ sub: 'ana', org: PEOPLE.ana }), provider))
        await writeDraft('false')
        return mandates(['draft', at('false.yaml'), at('false.json'), ...as('false', 'ana'), '--yes'])
      },
    ],
    [
      'a token that has expired',
      1,
      /expired: log in again/,
      async () => {
        const old = providerClaims({ sub: 'ana', org: PEOPLE.ana }, Date.now() / 1_000 - 7_200)
        await writeFile(at('old.jwt'), await sign(old, world.provider))
        await writeDraft('old')
        return mandates(['draft', at('old.yaml'), at('old.json'), ...as('old', 'ana'), '--yes'])
      },
    ],
    [
      'a token that is bound to a key',
      1,
      /bound to no key/,
      async () => {
        const claims = { sub: 'ana', org: PEOPLE.ana, cnf: { jkt: 'k'.repeat(43) } }
        await writeFile(at('bound.jwt'), await sign(providerClaims(claims), world.provider))
        await writeDraft('bound')
        return mandates(['draft', at('bound.yaml'), at('bound.json'), ...as('bound', 'ana'), '--yes'])
      },
    ],
    [
      'a draft of 181 days',
      1,
      /came 181/,
      async () => {
        const local = (days: number) =>
          new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Guatemala' }).format(Date.now() + days * 86_400_000)
        await writeDraft('long', { not_after: local(181) })
        return mandates(['draft', at('long.yaml'), at('long.json'), ...as('ana'), '--yes'])
      },
    ],
    [
      'a draft with a misspelt member',
      2,
      /docs.authority\.md/,
      async () => {
        await writeDraft('typo', { taskforce: 'x' })
        return mandates(['draft', at('typo.yaml'), at('typo.json'), ...as('ana'), '--yes'])
      },
    ],
    [
      'a draft for another country',
      1,
      /NOT_OF_THIS_AUTHORITY/,
      async () => {
        await writeDraft('other', { country: 'HN' })
        return mandates(['draft', at('other.yaml'), at('other.json'), ...as('ana'), '--yes'])
      },
    ],
    [
      'to write over a document',
      1,
      /EEXIST/,
      () => mandates(['draft', at('third.yaml'), document, ...as('ana'), '--yes']),
    ],
    [
      'a folder that is no audit log',
      1,
      /expected the home of an authority/,
      () =>
        mandates([
          'revoke',
          document,
          '--reason',
          'x',
          '--key',
          at('ana.key'),
          '--token',
          at('ana.jwt'),
          '--authority',
          at('keys'),
          '--yes',
        ]),
    ],
    [
      'to revoke what is neither hash nor document',
      1,
      /came neither/,
      () => mandates(['revoke', at('passphrase'), '--reason', 'x', ...as('ana'), '--yes']),
    ],
    [
      'a revocation by an officer',
      1,
      /NOT_ALLOWED/,
      () => mandates(['revoke', document, '--reason', 'x', ...as('olga'), '--yes']),
    ],
    [
      'to show a document whose approver is not pinned',
      1,
      /pinned/,
      () => mandates(['show', at('first.json'), '--approver', kids.ana ?? '']),
    ],
  ])('%s', async (_, code, message, run) => {
    const ended = await run()
    expect(ended.err).toMatch(message)
    expect(ended.code).toBe(code)
  })

  it('leaves no token behind in the folder of requests', async () => {
    const names = await readdir(at('audit-log/mandate-acts'), { recursive: true })
    expect(names).toEqual(['rejected'])
  })

  it('finds a person’s hash, whose salt is then erased: the person gets another hash', async () => {
    const find = () => mandates(['person', 'olga', '--token', at('ana.jwt'), '--authority', at('audit-log')])
    const [hash, entry = ''] = (await find()).out.trim().split('  ')
    expect(await readFile(at('first.json'), 'utf8').then((text) => decodePayload(text).officers)).toContainEqual({
      hash,
    })
    const erase = ['erase', entry, '--log', at('audit-log'), '--key', at('keys/log.key'), '--reason', 'DATA_SUBJECT']
    expect(await auditHere(erase, world.folder)).toMatchObject({ code: 0, stderr: '' })
    expect((await find()).out.split('  ')[0]).not.toBe(hash)
  })

  it('takes a request back if no authority answers', async () => {
    await end('SIGTERM')
    const place = { authority: at('audit-log'), token: at('ana.jwt'), patienceMs: 200 }
    await expect(handIn(place, { act: 'name', subjects: [] }, Date.now)).rejects.toThrow(/Start `istmo authority`/)
    expect(await readdir(at('audit-log/mandate-acts'))).toEqual(['rejected'])
  })
})

describe('a person’s key', () => {
  it('is in a file that only the person can read, encrypted if there is a passphrase', async () => {
    for (const person of ['ana', 'beto']) expect((await stat(at(`${person}.key`))).mode & 0o777).toBe(0o600)
    expect(await readFile(at('beto.key'), 'utf8')).not.toContain('"d"')
  })

  it('is never replaced: a second run prints its thumbprint', async () => {
    const before = await readFile(at('ana.key'), 'utf8')
    expect((await mandates(['key', at('ana.key')])).out).toBe(`${kids.ana}\n`)
    expect(await readFile(at('ana.key'), 'utf8')).toBe(before)
  })

  it('is made under a passphrase that was typed twice', async () => {
    expect(await mandates(['key', at('typed.key'), '--passphrase'], ['one', 'other'])).toMatchObject({ code: 1 })
    expect(await mandates(['key', at('typed.key'), '--passphrase'], ['one', 'one'])).toMatchObject({ code: 0, err: '' })
  })
})
