import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { writeRequest } from '../../audit/inbox/inbox-folder.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { formatTlogProof, parseTlogProof } from '../../audit/note/tlog-proof.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { writeLog } from '../audit-cli/logs.ts'
import { readLog } from '../authority/read-log.ts'
import { ISSUER, PROVIDER } from '../authority/world.ts'
import { createRevealWorld, makeMandate, type RevealWorld, readOwnLog } from './world.ts'

/**
 * An auditor of HN sees a leg in HN's log, and learns by a procedure with two keys which officer of GT asked. The authority is a process, which is
 * killed between the entry of the reveal and the answer. Everything else is a file on the disk of its keeper.
 */

let all: RevealWorld
/** What HN's log names, and what the auditor would only see in tokens. */
let asked: Awaited<ReturnType<RevealWorld['askCountry']>>

const APPROVE = ['--authority', 'audit-log', '--policy', 'authority-policy', '--token'] as const
const DESK = ['--desk', 'desk'] as const

beforeAll(async () => {
  all = await createRevealWorld(['auditor-a', 'auditor-b'])
  const { audit, reveal, at } = all
  await writeFile(at('passphrase'), 'correct horse\n')
  expect(await reveal('key', 'reveal.key', '--passphrase-file', 'passphrase')).toMatchObject({ code: 0 })
  for (const name of ['auditor-a', 'auditor-b', 'stranger']) {
    const curve = name === 'auditor-b' ? 'P-256' : 'X25519'
    expect(await audit('reveal', 'key', `${name}.key`, '--curve', curve)).toMatchObject({ code: 0 })
  }
  const desk = ['--policy', 'authority-policy', '--policy', 'hn-policy']
  await audit('desk', 'desk', '--reader', 'auditor-7', '--name', 'audit.example/hn/7', ...desk)
  await all.login('sofia', { agency: 'GT-MP', role: 'security' })
  await all.login('ana', { agency: 'GT-MP', role: 'coordinator' })
  await all.login('officer-1', { agency: 'GT-MP', role: 'security' })
  const make = await makeMandate(all.world)
  await all.start()
  await make()
  asked = await all.askCountry('officer-1')
  await all.writeCountryLog([asked.country, 'a-token-that-nobody-gave'])
}, 120_000)
afterAll(() => all.remove())

const entriesOf = async <Kind extends 'officer-seal' | 'reveal' | 'reveal-refusal' | 'access-token'>(
  kind: Kind,
): Promise<readonly EntryOf<Kind>[]> =>
  (await readLog(all.world)).filter((entry): entry is EntryOf<Kind> => entry.kind === kind)

/** Waits until the published log has so many entries of a kind: it is published soon after a commit. */
const settled = (kind: 'officer-seal' | 'reveal', count: number) =>
  vi.waitFor(
    async () => {
      const entries = await entriesOf(kind)
      expect(entries).toHaveLength(count)
      return entries
    },
    { timeout: 60_000, interval: 200 },
  )

/** The refusals so far, in their order. */
const refusals: string[] = []

/** Makes a request in a file of its own. */
let made = 0
async function request(about: readonly string[], key = 'auditor-a.key', reason = 'order 77/2026'): Promise<string> {
  const file = `request-${made++}.jws`
  const ended = await all.audit('reveal', 'request', file, '--key', key, '--reason', reason, ...DESK, ...about)
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  return file
}

const approve = (file: string, approval: string, person = 'sofia') =>
  all.reveal('approve', file, approval, ...APPROVE, `${person}.jwt`)

const share = (approval: string, answer: string, over: readonly string[] = []) =>
  all.reveal(
    ...['share', approval, answer, '--key', 'reveal.key', '--passphrase-file', 'passphrase'],
    ...['--policy', 'authority-policy', '--auditor', 'auditor-a.key.jwks.json', ...over],
  )

it('a leg in a country’s log leads to the officer, also if the authority is killed between entry and answer', async () => {
  const file = await request(['--log', 'hn', '--entry', '0'])
  // The answer cannot be written while something has its name, so the authority writes the entry and tries again.
  const id = createUuidV7(Date.now())
  const inbox = all.at('audit-log/reveal-acts')
  await mkdir(join(inbox, `${id}.receipt`, 'in the way'), { recursive: true, mode: 0o700 })
  const act = {
    token: await readFile(all.at('sofia.jwt'), 'utf8'),
    request: (await readFile(all.at(file), 'utf8')).trim(),
  }
  await writeRequest(inbox, id, Buffer.from(JSON.stringify(act)))
  await settled('reveal', 1)
  await all.end('SIGKILL')
  await rm(join(inbox, `${id}.receipt`), { recursive: true })
  await all.start()

  const [entry] = await entriesOf('reveal')
  const again = await approve(file, 'approval.json')
  const index = (await readLog(all.world)).findIndex(({ id }) => id === entry?.id)
  expect(again).toMatchObject({ code: 0, stdout: `approved before: entry ${index}\n` })
  expect(entry).toMatchObject({
    ...{ auditor: 'auditor-a', reason: 'order 77/2026' },
    about: { kind: 'TOKEN', value: asked.country },
  })
  expect(await share('approval.json', 'answer.json')).toMatchObject({ code: 0 })
  const opened = await all.audit('reveal', 'open', 'answer.json', '--key', 'auditor-a.key', ...DESK)
  expect(opened).toMatchObject({ code: 0, stderr: '' })
  expect(opened.stdout).toMatch(new RegExp(`issuer +${PROVIDER}\nsubject +officer-1\n$`))
  expect(await entriesOf('reveal')).toHaveLength(1)
})

it('an approval whose entry no witness has cosigned yet says so by its exit code, and writes no file', async () => {
  const policy = await readFile(all.at('authority-policy'), 'utf8')
  const { verifier } = newSigner('witness.example', 'cosignature')
  const waiting = policy.replace('quorum none', `witness w ${verifier.vkey}\nquorum w`)
  await writeFile(all.at('witnessed-policy'), waiting)
  const args = ['--authority', 'audit-log', '--policy', 'witnessed-policy', '--development', '--token', 'sofia.jwt']
  const before = all.patience.ms
  all.patience.ms = 1_000
  const ended = await all.reveal('approve', 'request-0.jws', 'unwitnessed.json', ...args)
  all.patience.ms = before
  expect(ended).toMatchObject({ code: 3, stdout: '' })
  expect(ended.stderr).toMatch(/to cosign entry \d+ within 1 s; they did not. The entry is written/)
  await expect(readFile(all.at('unwitnessed.json'))).rejects.toThrow('ENOENT')
  expect(await entriesOf('reveal')).toHaveLength(1)
})

it('no file on the way names the officer, and neither does the log', async () => {
  for (const name of ['approval.json', 'answer.json', 'request-0.jws']) {
    expect(await readFile(all.at(name), 'utf8')).not.toContain('officer-1')
  }
  expect(JSON.stringify(await readLog(all.world))).not.toContain('officer-1')
})

it('each reading is an entry of the auditor’s own log, with the reason', async () => {
  const readings = (await readOwnLog(all)).filter((entry) => entry.kind === 'oversight')
  expect(readings).toMatchObject([
    { channel: 'REVEAL', logs: ['hn.istmo.example'], reason: 'order 77/2026', reader: { name: 'auditor-7' } },
    { channel: 'REVEAL', logs: ['authority.gt.istmo.gob'], reason: 'order 77/2026', reader: { name: 'auditor-7' } },
  ])
})

describe('a request', () => {
  it.each<[string, () => readonly string[]]>([
    ['the authority’s own entry', () => ['--log', 'audit-log', '--entry', 'TOKEN', '--authority', ISSUER]],
    [
      'the token of the gateway',
      () => ['--token', asked.access, '--at', new Date().toISOString(), '--authority', ISSUER],
    ],
    ['what the country sees', () => ['--subject', asked.sub, '--audience', 'HN', '--authority', ISSUER]],
  ])('leads to the same officer from %s', async (_, about) => {
    const [grant] = await entriesOf('access-token')
    const file = await request(about().map((each) => (each === 'TOKEN' ? (grant?.id ?? '') : each)))
    expect(await approve(file, `${file}.approval`)).toMatchObject({ code: 0 })
    expect((await entriesOf('reveal')).at(-1)?.officer).toBe(grant?.officer)
  })

  it.each<[string, () => Promise<string>, string, string]>([
    [
      'of a key that is not pinned',
      () => request(['--ref', `1.${'x'.repeat(43)}`, '--authority', ISSUER], 'stranger.key'),
      'sofia',
      'KEY_NOT_PINNED',
    ],
    [
      'for a ref that is not in the log',
      () => request(['--ref', `1.${'x'.repeat(43)}`, '--authority', ISSUER]),
      'sofia',
      'OFFICER_UNKNOWN',
    ],
    [
      'that lost its end on the way',
      async () => {
        const file = await request(['--ref', `1.${'x'.repeat(43)}`, '--authority', ISSUER])
        await writeFile(all.at('cut.jws'), (await readFile(all.at(file), 'utf8')).slice(0, -20))
        return 'cut.jws'
      },
      'sofia',
      'REQUEST_INVALID',
    ],
    ['for a token that nobody gave', () => request(['--log', 'hn', '--entry', '1']), 'sofia', 'OFFICER_UNKNOWN'],
    [
      'for a subject of another country',
      () => request(['--subject', asked.sub, '--audience', 'SV', '--authority', ISSUER]),
      'sofia',
      'OFFICER_UNKNOWN',
    ],
    [
      'for a token at another time',
      () => request(['--token', asked.country, '--at', '2026-01-01T00:00:00Z', '--authority', ISSUER]),
      'sofia',
      'OFFICER_UNKNOWN',
    ],
    [
      'to another authority',
      () => request(['--subject', asked.sub, '--audience', 'HN', '--authority', 'https://other.example']),
      'sofia',
      'NOT_OF_THIS_AUTHORITY',
    ],
    [
      'that somebody approves who may not',
      () => request(['--subject', asked.sub, '--audience', 'HN', '--authority', ISSUER]),
      'ana',
      'NOT_ALLOWED',
    ],
    [
      'that the officer approves',
      () => request(['--subject', asked.sub, '--audience', 'HN', '--authority', ISSUER]),
      'officer-1',
      'APPROVER_IS_OFFICER',
    ],
  ])('is refused %s', async (_, make, person, reason) => {
    const ended = await approve(await make(), 'refused.json', person)
    expect(ended.code).toBe(1)
    expect(ended.stderr).toContain(`the authority refused: ${reason}: expected`)
    if (reason === 'REQUEST_INVALID') expect(ended.stderr).toContain('Ask the auditor for the whole file again')
    refusals.push(reason)
  })

  it.each<[string, readonly string[], string]>([
    ['without a reason', ['--ref', 'x', '--authority', ISSUER], '--reason'],
    ['about nothing', ['--reason', 'order 77/2026', '--authority', ISSUER], 'expected one of --entry'],
    ['about two things', ['--reason', 'order', '--ref', 'x', '--subject', 'y'], 'expected one of --entry'],
    ['to nobody', ['--reason', 'order', '--ref', `1.${'x'.repeat(43)}`], 'expected --authority'],
    ['about a token without its time', ['--reason', 'order', '--token', 'x', '--authority', ISSUER], 'expected --at'],
  ])('is not even made %s', async (_, args, message) => {
    const ended = await all.audit('reveal', 'request', 'never.jws', '--key', 'auditor-a.key', ...DESK, ...args)
    expect(ended.code).toBe(2)
    expect(ended.stderr).toContain(message)
  })
})

describe('an answer', () => {
  it.each<[string, string]>([
    ['by another auditor', 'auditor-b.key'],
    ['by a stranger', 'stranger.key'],
    ['with the authority’s key', 'reveal.key'],
  ])('is not opened %s', async (_, key) => {
    const passphrase = key === 'reveal.key' ? ['--passphrase-file', 'passphrase'] : []
    const ended = await all.audit('reveal', 'open', 'answer.json', '--key', key, ...passphrase, ...DESK)
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toContain(
      'answer.json: expected a request that one of these keys signed; another key signed it',
    )
    expect(ended.stderr).toContain('Give the keys with which you asked, with --key')
  })

  /** Writes a changed answer. */
  async function spoil(change: (answer: Record<string, string>) => object): Promise<string> {
    const answer = JSON.parse(await readFile(all.at('answer.json'), 'utf8'))
    await writeFile(all.at('spoiled.json'), JSON.stringify({ ...answer, ...change(answer) }))
    return 'spoiled.json'
  }

  it.each<[string, (answer: Record<string, string>) => object, string]>([
    ['the share of the seal', (answer) => ({ share: sealedIn(answer).auditors[0]?.share }), 'another share'],
    ['the authority’s own share', (answer) => ({ share: sealedIn(answer).authority.share }), 'sealed to another'],
    ['the reveal in place of the seal', (answer) => ({ seal: answer.reveal }), 'expected the entries'],
    ['a changed proof', (answer) => ({ reveal: answer.reveal?.replace(/index \d+/, 'index 0') }), 'expected'],
    [
      'a request with another signature',
      (answer) => ({ request: `${answer.request?.slice(0, -8)}AAAAAAAA` }),
      'does not hold',
    ],
    ['a member that nobody knows', () => ({ officer: 'officer-2' }), 'expected an answer'],
  ])('with %s shows nobody', async (_, change, message) => {
    const ended = await all.audit('reveal', 'open', await spoil(change), '--key', 'auditor-a.key', ...DESK)
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toContain(message)
  })

  it('is not believed without a trust policy that names the authority’s log', async () => {
    const args = ['--key', 'auditor-a.key', '--policy', 'hn-policy', ...DESK]
    const ended = await all.audit('reveal', 'open', 'answer.json', ...args)
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toContain('expected a trust policy that names the authority’s log')
  })

  it('is not believed if its entries are in another log than the one that they name', async () => {
    const answer = JSON.parse(await readFile(all.at('answer.json'), 'utf8')) as Record<'seal' | 'reveal', string>
    const stranger = newSigner('stranger.example/log')
    await writeFile(all.at('stranger-policy'), `log ${stranger.verifier.vkey}\nquorum none\n`)
    const extras = [answer.seal, answer.reveal].map((proof) => parseTlogProof(proof).extra ?? new Uint8Array())
    const entries = extras.map((extra) => JSON.parse(Buffer.from(extra).toString('utf8')) as unknown)
    const proofs = await writeLog(all.at('stranger-log'), stranger, entries)
    const [seal, reveal] = proofs.map((proof, at) => {
      return formatTlogProof({ ...parseTlogProof(proof), extra: extras[at] ?? new Uint8Array() })
    })
    const args = ['--key', 'auditor-a.key', '--policy', 'stranger-policy', ...DESK]
    const ended = await all.audit('reveal', 'open', await spoil(() => ({ seal, reveal, rotations: [] })), ...args)
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toContain('which they name; came entries of another')
  })
})

describe('the security officer', () => {
  it('gives no share to an auditor whose keys are others than those of the request', async () => {
    const ended = await all.reveal(
      ...['share', 'approval.json', 'never.json', '--key', 'reveal.key', '--passphrase-file', 'passphrase'],
      ...['--policy', 'authority-policy', '--auditor', 'auditor-b.key.jwks.json'],
    )
    expect(ended).toMatchObject({ code: 1, stdout: '' })
    expect(ended.stderr).toContain(
      'approval.json: expected a request that one of these keys signed; another key signed it',
    )
    expect(ended.stderr).toContain('Give the public part of the keys of the auditor who asked, with --auditor')
  })

  it('cannot give a share with a new reveal key only, and can with the old one beside it', async () => {
    await all.reveal('key', 'reveal-2027.key')
    const one = ['--policy', 'authority-policy', '--auditor', 'auditor-a.key.jwks.json']
    const fails = await all.reveal('share', 'approval.json', 'never.json', '--key', 'reveal-2027.key', ...one)
    expect(fails.code).toBe(1)
    expect(fails.stderr).toMatch(
      /approval\.json: .* sealed to another\. Give the reveal key of that time too, with --key/,
    )
    const both = ['--key', 'reveal-2027.key', '--key', 'reveal.key', '--passphrase-file', 'passphrase']
    await all.reveal('share', 'approval.json', 'again.json', ...both, ...one)
    const opened = await all.audit('reveal', 'open', 'again.json', '--key', 'auditor-a.key', ...DESK)
    expect(opened.stdout).toContain('subject    officer-1')
  })
})

describe('after a rotation and an erasure', () => {
  it('an officer is put under seal again for the new keys, and the old seals stay with the old ones', async () => {
    await all.askCountry('officer-1')
    expect(await settled('officer-seal', 1)).toHaveLength(1)
    await all.audit('reveal', 'key', 'auditor-c.key')
    const config = await readFile(all.world.config, 'utf8')
    await writeFile(all.world.config, config.replaceAll('auditor-b', 'auditor-c'))
    await all.end('SIGTERM')
    // Each refusal is an entry, and none of them is a reveal.
    expect((await entriesOf('reveal-refusal')).map(({ reason }) => reason)).toEqual(refusals)
    expect(await entriesOf('reveal')).toHaveLength(4)
    await all.start()
    const about = ['--subject', asked.sub, '--audience', 'HN', '--authority', ISSUER]
    const early = await approve(await request(about, 'auditor-c.key'), 'refused.json')
    expect(early.stderr).toContain('NOT_SEALED')
    await all.askCountry('officer-1')
    await settled('officer-seal', 2)
    expect(await approve(await request(about, 'auditor-c.key'), 'approval-c.json')).toMatchObject({ code: 0 })
  })

  it('a reveal that was under way when the log’s key was replaced goes on, also for who pins only the old key', async () => {
    const policy = await readFile(all.at('authority-policy'), 'utf8')
    const file = await request(['--subject', asked.sub, '--audience', 'HN', '--authority', ISSUER])
    const first = await approve(file, 'before.json')
    expect(first).toMatchObject({ code: 0, stderr: '' })
    await all.end('SIGTERM')
    const key = ['--log', 'audit-log', '--key', 'keys/log.key', '--reason', 'KEY_EXPOSED']
    const rotated = await all.audit('rotate-key', ...key, '--json')
    expect(rotated).toMatchObject({ code: 0, stderr: '' })
    await all.start()

    expect(await approve(file, 'after.json')).toMatchObject({
      code: 0,
      stdout: first.stdout.replace('approved', 'approved before'),
    })
    const { rotations } = JSON.parse(await readFile(all.at('after.json'), 'utf8'))
    expect(rotations).toHaveLength(1)
    for (const approval of ['before.json', 'after.json']) {
      expect(await share(approval, `answer-${approval}`)).toMatchObject({ code: 0 })
      const opened = await all.audit('reveal', 'open', `answer-${approval}`, '--key', 'auditor-a.key', ...DESK)
      expect(opened).toMatchObject({ code: 0, stdout: expect.stringMatching(/subject +officer-1\n$/) })
    }
    expect(await readFile(all.at('authority-policy'), 'utf8')).toBe(policy)

    // Without the proof of the rotation, nobody can know that the new key is the log's; and a stranger's proof does not say so either.
    const answer = JSON.parse(await readFile(all.at('answer-after.json'), 'utf8'))
    const { newKey } = JSON.parse(rotated.stdout)
    await writeFile(all.at('new-policy'), `log ${newKey}\nquorum none\n`)
    for (const changed of [[], [rotations[0].replace(/index \d+/, 'index 0')]]) {
      await writeFile(all.at('spoiled.json'), JSON.stringify({ ...answer, rotations: changed }))
      const ended = await all.audit('reveal', 'open', 'spoiled.json', '--key', 'auditor-a.key', ...DESK)
      expect(ended).toMatchObject({ code: 2, stdout: '' })
    }
    const pinned = ['--key', 'auditor-a.key', '--policy', 'new-policy', ...DESK]
    expect(await all.audit('reveal', 'open', 'answer-after.json', ...pinned)).toMatchObject({ code: 0 })
  })

  it('nobody can be revealed whose salt was erased', async () => {
    const seals = await entriesOf('officer-seal')
    for (const { id } of seals) {
      const ended = await all.audit('erase', id, '--log', 'audit-log', '--key', 'keys/log.key', '--reason', 'RETENTION')
      expect(ended).toMatchObject({ code: 0 })
    }
    const about = ['--subject', asked.sub, '--audience', 'HN', '--authority', ISSUER]
    const ended = await approve(await request(about), 'refused.json')
    expect(ended.stderr).toContain('SEAL_ERASED')
  })
})

function sealedIn({ seal = '' }: Record<string, string>): EntryOf<'officer-seal'> {
  const extra = /^extra (.+)$/m.exec(seal)?.[1] ?? ''
  return JSON.parse(Buffer.from(extra, 'base64').toString('utf8'))
}
