import { execFileSync } from 'node:child_process'
import { appendFile, mkdir, mkdtemp, readFile, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SuspensionSubject } from './find-suspension.ts'
import {
  deliverSuspension,
  findRefusal,
  isWaiting,
  openSuspensions,
  type Suspensions,
  type SuspensionsOptions,
} from './suspensions.ts'
import { limitOwnFiles, makeSuspender } from './testing.ts'

const log = pino({ level: 'silent' })
let folder: string
const opened: Suspensions[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-suspensions-'))
})
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
  await rm(folder, { recursive: true })
})

const country = makeSuspender('HN', true)
const oversight = makeSuspender('oversight-hn')

async function open(options: Partial<SuspensionsOptions> = {}): Promise<Suspensions> {
  const one = await openSuspensions({ folder, signers: [country.signer, oversight.signer], log, ...options })
  opened.push(one)
  return one
}

async function reopen(options: Partial<SuspensionsOptions> = {}): Promise<Suspensions> {
  for (const one of opened.splice(0)) await one.close()
  return open(options)
}

const digest = 'k'.repeat(43)
const KINDS: readonly (readonly [Parameters<typeof country.sign>[1], SuspensionSubject, SuspensionSubject])[] = [
  [{ country: 'HN' }, { country: 'HN', agency: 'a' }, { country: 'GT' }],
  [{ domain: 'persons' }, { country: 'HN', domain: 'persons' }, { domain: 'cases' }],
  [{ coordinate: 'Person.names' }, { coordinates: ['Person.id', 'Person.names'] }, { coordinates: ['Person.id'] }],
  [{ agency: 'GT-MP' }, { agency: 'GT-MP' }, { agency: 'GT-MP-FECO' }],
  [{ authority: 'https://a.example' }, { authority: 'https://a.example' }, { authority: 'https://a.example/' }],
  [{ task_force: 'jtf' }, { taskForce: 'jtf' }, { taskForce: 'jtf2' }],
  [{ officer: '1.ref' }, { officer: ['sub', '1.ref'] }, { officer: 'sub' }],
  [{ token: 'jti' }, { token: 'jti' }, { token: ['other', digest] }],
  [{ key: digest }, { keys: ['x', digest] }, { keys: [] }],
  [{ mandate: digest }, { mandate: digest }, {}],
]

describe('openSuspensions', () => {
  it.each(KINDS)('suspends %o at once, also after a restart, until it is resumed', async (what, concerned, other) => {
    const first = await open()
    expect(first.find(concerned)).toBeNull()
    await first.take(country.sign('suspend', what, { reason: 'an investigation' }))
    expect(first.find(concerned)).toMatchObject({ by: 'HN', reason: 'an investigation' })
    const again = await reopen()
    expect(again.find(concerned)).toMatchObject({ by: 'HN' })
    expect(again.find(other)).toBeNull()
    await again.take(country.sign('resume', what))
    expect(again.find(concerned)).toBeNull()
    expect((await reopen()).list()).toEqual([])
  })

  it('takes what is delivered while it runs and while it does not, and says why it refuses something', async () => {
    const early = await deliverSuspension(folder, country.sign('suspend', { agency: 'a' }))
    const one = await open()
    expect(one.find({ agency: 'a' })).not.toBeNull()
    expect(await isWaiting(folder, early)).toBe(false)
    const late = await deliverSuspension(folder, oversight.sign('suspend', { agency: 'b' }))
    await vi.waitFor(() => expect(one.find({ agency: 'b' })).not.toBeNull(), { timeout: 1_000, interval: 20 })
    const forged = makeSuspender('HN', true).sign('resume', { agency: 'a' }, { seq: 900 })
    const refused = await deliverSuspension(folder, forged)
    await vi.waitFor(async () => expect(await isWaiting(folder, refused)).toBe(false), { timeout: 1_000 })
    expect(await findRefusal(folder, refused)).toMatch(/^NOT_SIGNED: expected a signer/)
    expect(await findRefusal(folder, late)).toBeNull()
    expect(one.find({ agency: 'a' })).not.toBeNull()
  })

  it('takes files of the inbox that hold garbage or too much out of the way', async () => {
    const one = await open()
    // Put there whole, as a look may come at any time.
    for (const [name, bytes] of Object.entries({
      'a.jwt': 'x'.repeat(1_000_000),
      'b.jwt': Buffer.from([0, 255, 10]),
    })) {
      await writeFile(join(folder, name), bytes)
      await rename(join(folder, name), join(folder, 'inbox', name))
    }
    const delivered = await deliverSuspension(folder, country.sign('suspend', { agency: 'a' }))
    for (const name of [delivered, 'a.jwt', 'b.jwt']) {
      await vi.waitFor(async () => expect(await isWaiting(folder, name)).toBe(false))
    }
    expect(await findRefusal(folder, 'a.jwt')).toMatch(/NOT_SIGNED: expected at most \d+ bytes; came 1000000/)
    expect(await findRefusal(folder, 'b.jwt')).toMatch(/NOT_SIGNED/)
    expect(one.find({ agency: 'a' })).not.toBeNull()
  })

  it('takes what is no plain file out of the way, and never waits for the writer of a pipe', async () => {
    const one = await open()
    await writeFile(join(folder, 'elsewhere'), country.sign('suspend', { agency: 'b' }))
    await symlink(join(folder, 'elsewhere'), join(folder, 'inbox', 'a-link.jwt'))
    execFileSync('mkfifo', [join(folder, 'inbox', 'a-pipe.jwt')])
    await deliverSuspension(folder, country.sign('suspend', { agency: 'a' }))
    await vi.waitFor(() => expect(one.find({ agency: 'a' })).not.toBeNull(), { timeout: 5_000, interval: 20 })
    for (const name of ['a-link.jwt', 'a-pipe.jwt']) {
      await vi.waitFor(async () => expect(await findRefusal(folder, name)).toMatch(/expected a plain file/))
    }
    expect(one.find({ agency: 'b' })).toBeNull()
  })

  it('refuses an old resume that is played again, before and after a restart', async () => {
    const one = await open()
    const resume = [country.sign('suspend', { country: 'HN' }), country.sign('resume', { country: 'HN' })]
    for (const statement of resume) await one.take(statement)
    await one.take(country.sign('suspend', { country: 'HN' }))
    expect(await one.take(resume[1] ?? '')).toMatchObject({ verdict: 'KNOWN' })
    expect(one.find({ country: 'HN' })).not.toBeNull()
    const again = await reopen()
    for (const statement of resume) await again.take(statement)
    expect(again.find({ country: 'HN' })).not.toBeNull()
  })

  it('lets only who suspended, or the country itself, resume', async () => {
    const one = await open()
    await one.take(country.sign('suspend', { agency: 'a' }))
    expect(await one.take(oversight.sign('resume', { agency: 'a' }))).toMatchObject({ verdict: 'NOT_YOURS' })
    await one.take(oversight.sign('suspend', { agency: 'b' }))
    await one.take(country.sign('resume', { agency: 'b' }))
    expect(one.list().map(({ value }) => value)).toEqual(['a'])
  })

  it('refuses what this process does not have, so that nobody believes in a stop that is none', async () => {
    const one = await open({ reject: ({ kind }) => (kind === 'country' ? 'expected HN' : null) })
    expect(await one.take(country.sign('suspend', { country: 'GT' }))).toEqual({
      verdict: 'NOT_HERE',
      reason: 'expected HN',
    })
    expect(one.list()).toEqual([])
  })

  it('keeps what somebody suspended who may suspend nothing any more', async () => {
    const one = await open()
    await one.take(oversight.sign('suspend', { agency: 'a' }))
    one.replaceSigners([country.signer])
    expect(await one.take(oversight.sign('resume', { agency: 'a' }))).toMatchObject({ verdict: 'NOT_SIGNED' })
    expect((await reopen({ signers: [country.signer] })).find({ agency: 'a' })).not.toBeNull()
  })

  it('drops a line that a crash cut off, and does not start over a line that is damaged', async () => {
    const one = await open()
    const file = join(folder, 'statements.jsonl')
    await one.take(country.sign('suspend', { agency: 'a' }))
    await opened.splice(0)[0]?.close()
    await appendFile(file, '{"position":2,"isOw')
    const again = await open()
    expect(again.find({ agency: 'a' })).not.toBeNull()
    await again.take(country.sign('suspend', { agency: 'b' }))
    expect((await reopen()).list()).toHaveLength(2)
    await opened.splice(0)[0]?.close()
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('"statement":"e', '"statement":"f'))
    await expect(open()).rejects.toThrow('it is damaged')
    await truncate(file, 0)
  })

  it('writes each act into the audit log, again until it succeeds and in order, and not twice after a restart', async () => {
    const noted: string[] = []
    let isBroken = true
    const note: SuspensionsOptions['note'] = async ({ action, value }) => {
      if (isBroken) throw new Error('no space')
      noted.push(`${action} ${value}`)
    }
    const one = await open({ note })
    await one.take(country.sign('suspend', { agency: 'a' }))
    await one.take(country.sign('resume', { agency: 'a' }))
    expect(noted).toEqual([])
    const again = await reopen({ note })
    isBroken = false
    await again.take(country.sign('suspend', { agency: 'b' }))
    await vi.waitFor(() => expect(noted).toEqual(['suspend a', 'resume a', 'suspend b']), { timeout: 1_000 })
    await reopen({ note })
    expect(noted).toHaveLength(3)
  })

  it('writes each entry once while the folder’s disk cannot keep how far it came, and nothing is less suspended', async () => {
    const noted: string[] = []
    const note: SuspensionsOptions['note'] = async ({ action, value }) => void noted.push(`${action} ${value}`)
    const one = await open({ note })
    // The file is written under this name first.
    await mkdir(join(folder, `noted.${process.pid}.new`))
    const agencies = ['a', 'b', 'c', 'd']
    for (const agency of agencies) {
      await one.take(country.sign('suspend', { agency }))
      expect(one.find({ agency })).not.toBeNull()
    }
    const each = agencies.map((agency) => `suspend ${agency}`)
    await vi.waitFor(() => expect(noted).toHaveLength(each.length))
    await rm(join(folder, `noted.${process.pid}.new`), { recursive: true })
    await vi.waitFor(async () => expect(await readFile(join(folder, 'noted'), 'utf8')).toBe('4'))
    expect(noted).toEqual(each)
    await reopen({ note })
    expect(noted).toEqual(each)
  })

  it('keeps in the inbox what it cannot write down, does not call it suspended, and counts it once when it can', async () => {
    const noted: string[] = []
    const said: string[] = []
    const one = await open({
      note: async ({ value }) => void noted.push(value),
      log: {
        ...log,
        error: (object: { readonly err?: NodeJS.ErrnoException }) => void said.push(String(object.err?.code)),
      } as never,
    })
    const early = ['a', 'b', 'c']
    for (const agency of early) await one.take(country.sign('suspend', { agency }))
    const file = join(folder, 'statements.jsonl')
    const before = await readFile(file, 'utf8')
    limitOwnFiles((await stat(file)).size)
    try {
      const name = await deliverSuspension(folder, country.sign('suspend', { agency: 'd' }))
      await vi.waitFor(() => expect(said.length).toBeGreaterThan(1))
      expect(new Set(said)).toEqual(new Set(['EFBIG']))
      expect([one.find({ agency: 'd' }), await isWaiting(folder, name)]).toEqual([null, true])
      expect(await readFile(file, 'utf8')).toBe(before)
      for (const agency of early) expect(one.find({ agency })).not.toBeNull()
    } finally {
      limitOwnFiles('unlimited')
    }
    await vi.waitFor(() => expect(one.find({ agency: 'd' })).not.toBeNull())
    await vi.waitFor(() => expect(noted).toEqual([...early, 'd']))
    expect((await reopen()).list()).toHaveLength(4)
  })

  it('stays small, however often something is suspended and resumed', async () => {
    const one = await open()
    for (let round = 0; round < 120; round++) {
      await one.take(country.sign('suspend', { agency: `a${round % 3}` }))
      await one.take(country.sign('resume', { agency: `a${round % 3}` }))
    }
    await one.take(country.sign('suspend', { agency: 'last' }))
    const lines = (await readFile(join(folder, 'statements.jsonl'), 'utf8')).split('\n').length
    expect(lines).toBeLessThan(212)
    const again = await reopen()
    expect(again.list().map(({ value }) => value)).toEqual(['last'])
    expect(await again.take(country.sign('suspend', { agency: 'old' }, { seq: 240 }))).toMatchObject({
      verdict: 'OLD_SEQUENCE',
    })
  })
})
