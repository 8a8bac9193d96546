import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { idAt } from '../../audit/index/testing.ts'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { type Log, openLog } from '../../audit/log/log.ts'
import { newSigner } from '../../audit/log/testing.ts'
import type { NoteSigner } from '../../audit/note/key.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import { urlSource } from '../../audit/verify/source.ts'
import { collectCosignatures } from '../../audit/witness/collect.ts'
import { createWitness, createWitnessServer } from '../../audit/witness/witness.ts'
import { runAudit } from '../../auditors/run.ts'

/** Runs `istmo audit verify` against four witnesses that listen, one of which may be captured, silent, or have a wrong clock. */

const NAMES = ['GT', 'HN', 'SV', 'observer'] as const
type Name = (typeof NAMES)[number]
const HOUR_MS = 3_600_000
const NOW = Date.parse('2026-11-20T12:00:00Z')
/** When the entries were written. */
const ENTRY_MS = NOW - 60_000

const signer = newSigner('istmo.example/gateway')
/** The clock of each witness, in milliseconds after {@link NOW}. */
const clocks = new Map<Name, number>()
const signers = new Map<Name, NoteSigner>(
  NAMES.map((name) => {
    return [name, newSigner(`${name}.example`, 'cosignature', () => NOW + (clocks.get(name) ?? 0))] as const
  }),
)

let folder: string
let count = 0
const closing: (() => unknown)[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-verify-witnesses-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))
afterEach(async () => {
  clocks.clear()
  for (const close of closing.splice(0).reverse()) await close()
})

async function listen(server: Server): Promise<{ readonly url: string; readonly stop: () => Promise<unknown> }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  closing.push(() => stop().catch(() => undefined))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, stop }
}

/** A log with its four witnesses, and the trust policy: any three of them. */
async function newScene() {
  const home = join(folder, String(count++))
  const stops = new Map<string, () => Promise<unknown>>()
  const urls = new Map<string, string>()
  for (const name of NAMES) {
    const by = signers.get(name) as NoteSigner
    const witness = await createWitness({ folder: join(home, name), signer: by, logs: [signer.verifier] })
    closing.push(witness.close)
    const { url, stop } = await listen(createWitnessServer(witness))
    urls.set(name, url)
    stops.set(name, stop)
  }
  const lines = NAMES.map((name) => `witness ${name} ${signers.get(name)?.verifier.vkey} ${urls.get(name)}`)
  const text = [`log ${signer.verifier.vkey}`, ...lines, `group G 3 ${NAMES.join(' ')}`, 'quorum G\n'].join('\n')
  const policyFile = join(home, 'policy')
  await writeFile(policyFile, text)
  const policy = parsePolicy(text)

  const open = async (path: string): Promise<Log> => {
    const log = await openLog({ folder: path, signer, publishAfterMs: 1_000_000 })
    closing.push(() => log.close())
    return log
  }
  const append = async (log: Log, size: number, text = 'entry') => {
    while (log.size() < size) {
      const base = { v: 1, id: idAt(ENTRY_MS, log.size()), time: new Date(ENTRY_MS).toISOString() }
      const gateway = signer.verifier.name
      await log.append(canonicalBytes({ ...base, kind: 'start', gateway, version: text, repairs: [] }))
    }
    await log.publish()
  }
  /** Has these witnesses cosign what the log has published. */
  const collect = async (log: Log, names: readonly Name[] = NAMES) => {
    const witnesses = policy.witnesses.flatMap(({ name, verifier, url }) => {
      return url !== undefined && names.includes(name as Name) ? [{ name, verifier, url }] : []
    })
    const { note: checkpoint } = log.published()
    const { consistency } = log
    const collected = await collectCosignatures({
      checkpoint,
      witnesses,
      consistency,
      deadlineMs: 5_000,
      now: () => NOW,
    })
    if (collected.signatures.length > 0) await log.addCosignatures(checkpoint, collected.signatures)
    return collected.outcomes
  }
  const checkSplit = async (...files: readonly string[]) => {
    let out = ''
    const streams = { out: { write: (text: string) => (out += text) }, err: { write: () => true, isTTY: false } }
    const args = ['check-split', ...files, '--policy', policyFile]
    return { code: await runAudit(args, streams as unknown as Parameters<typeof runAudit>[1]), out }
  }
  const verify = async (place: string, ...options: readonly string[]) => verifyAt(NOW, place, ...options)
  const verifyAt = async (now: number, place: string, ...options: readonly string[]) => {
    let out = ''
    const streams = { out: { write: (text: string) => (out += text) }, err: { write: () => true, isTTY: false } }
    const args = ['verify', place, '--policy', policyFile, '--evidence', home, ...options]
    const code = await runAudit(args, streams as unknown as Parameters<typeof runAudit>[1], () => now)
    return { code, out }
  }
  const path = join(home, 'log')
  const log = await open(path)
  const copy = async (name: string) => {
    await cp(path, join(home, name), { recursive: true, filter: (each) => !each.endsWith('lock') })
    return join(home, name)
  }
  return {
    home,
    path,
    log,
    open,
    append,
    collect,
    verify,
    verifyAt,
    checkSplit,
    copy,
    silence: (name: Name) => stops.get(name)?.(),
  }
}

describe('istmo audit verify asks the witnesses', () => {
  it('and names each with its last size and time', async () => {
    const { path, log, append, collect, verify } = await newScene()
    await append(log, 3)
    await collect(log)
    await append(log, 5)
    await collect(log, ['GT', 'HN', 'SV'])
    const { code, out } = await verify(path)
    expect(out).toMatch(/witnessed to entry 5, 2026-11-20T12:00:00\.000Z/)
    expect(out).toMatch(/witness GT: 5 entries, 2026-11-20T12:00:00\.000Z \(asked\)/)
    expect(out).toMatch(/witness observer: 3 entries, .* \(asked\)/)
    expect(out).toMatch(/\nHOLDS: nothing was removed or altered\.\n$/)
    expect(code).toBe(0)
  })

  it('and finds a log that was set back together with its old cosignatures, which --offline does not', async () => {
    const { log, append, collect, copy, verify } = await newScene()
    await append(log, 3)
    await collect(log)
    const older = await copy('older')
    await append(log, 5)
    await collect(log)
    const { code, out } = await verify(older)
    expect(out).toMatch(/ROLLBACK witness GT: expected at least the 5 entries/)
    expect(code).toBe(1)
    const offline = await verify(older, '--offline')
    expect(offline.out).toMatch(/HOLDS: .*up to this checkpoint\. Too few witnesses were asked/)
    expect(offline.code).toBe(0)
  })

  it('and says with --as-of whether an older copy was the whole log then, and never that it is the log of today', async () => {
    const { path, log, append, collect, copy, verify, silence } = await newScene()
    for (const name of NAMES) clocks.set(name, -120_000)
    await append(log, 3)
    await collect(log)
    const older = await copy('older')
    clocks.clear()
    await append(log, 5)
    await collect(log)
    const before = '2026-11-20T11:59:00Z'

    const plain = await verify(older)
    expect(plain.out).toMatch(
      /ROLLBACK .*\nDOES NOT HOLD: one finding\.\nIf you know that this is an older copy.*--as-of/,
    )
    for (const [point, said] of [
      [before, 'HELD AS OF 2026-11-20T11:59:00.000Z'],
      ['3', 'HELD AS OF 3 entries'],
    ]) {
      const { code, out } = await verify(older, '--as-of', point ?? '')
      expect(out).toMatch(new RegExp(`\\n${said}: this was the whole log then, .* nothing of the log of today\\.\\n$`))
      expect(code).toBe(3)
    }
    const later = await verify(older, '--as-of', '2026-11-20T12:00:00Z')
    expect(later.out).toMatch(
      /ROLLBACK witness GT: expected at most the 3 entries .*, came 5 entries, 2026-11-20T12:00/,
    )
    expect(later.code).toBe(1)
    const json = await verify(older, '--as-of', '3', '--json')
    expect(JSON.parse(json.out)).toMatchObject({ verdict: 'HELD', asOf: { size: 3 } })

    // The whole log had not been cosigned then, and a copy of four entries is none of three.
    expect((await verify(path, '--as-of', before)).out).toMatch(/NO_QUORUM .*\nCOULD NOT TELL/)
    for (const wrong of [
      ['--as-of', '4'],
      ['--as-of', '2027-01-01T00:00:00Z'],
      ['--as-of', 'March'],
      ['--as-of', '3', '--max-age', 'PT1H'],
    ]) {
      expect((await verify(older, ...wrong)).code).toBe(2)
    }
    expect((await verify(older, '--as-of', before, '--offline')).code).toBe(2)
    expect((await verify(older, '--as-of', '3', '--offline')).code).toBe(3)
    for (const name of ['SV', 'observer'] as const) await silence(name)
    expect(await verify(older, '--as-of', before)).toMatchObject({
      code: 2,
      out: expect.stringMatching(/COULD NOT TELL/),
    })
  })

  it('and finds a history that the operator and one captured witness wrote anew', async () => {
    const { home, log, append, collect, open, copy, verify } = await newScene()
    await append(log, 3)
    await collect(log)
    const forked = await copy('forked')
    await append(log, 6)
    await collect(log, ['GT', 'HN', 'SV'])
    // The captured GT forgets what it cosigned. The observer was left behind, and cosigns the other history honestly.
    const rewritten = await open(forked)
    await append(rewritten, 8, 'other')
    const captured = await createWitness({
      ...{ folder: join(home, 'captured'), signer: signers.get('GT') as NoteSigner, logs: [signer.verifier] },
    })
    closing.push(captured.close)
    const { note: checkpoint } = rewritten.published()
    const { url } = await listen(createWitnessServer(captured))
    const verifier = (signers.get('GT') as NoteSigner).verifier
    const { consistency } = rewritten
    const options = {
      checkpoint,
      witnesses: [{ name: 'GT', verifier, url }],
      consistency,
      deadlineMs: 5_000,
      now: () => NOW,
    }
    await rewritten.addCosignatures(checkpoint, (await collectCosignatures(options)).signatures)
    expect((await collect(rewritten, ['observer'])).map(({ kind }) => kind)).toEqual(['COSIGNED'])
    const { code, out } = await verify(forked)
    expect(out).toMatch(/NO_QUORUM entries from 3 on|AWAITS_WITNESSES entries from 3 on/)
    expect(out).toMatch(/SPLIT_VIEW checkpoint of size 6 in witness HN/)
    expect(code).toBe(1)
    // The evidence convinces a third party without the log.
    const [file = ''] = (await readdir(home)).filter((name) => name.startsWith('split-view-'))
    expect(await readFile(join(home, file), 'utf8')).toContain('— istmo.example/gateway ')
  })

  it('and says when it could not, without a verdict on the log', async () => {
    const { path, log, append, collect, verify, silence } = await newScene()
    await append(log, 2)
    await collect(log)
    await silence('SV')
    const one = await verify(path)
    expect(one.out).toMatch(/note: NOT_ASKED witness SV: expected its last checkpoint of this log, came .*ECONNREFUSED/)
    expect(one.out).toMatch(/witness SV: 2 entries, .* \(no answer\)/)
    expect([one.code, one.out]).toEqual([0, expect.stringMatching(/HOLDS: nothing was removed or altered\.\n$/)])
    await silence('GT')
    const two = await verify(path)
    expect(two.out).toMatch(/NOT_ASKED witnesses: expected answers of a quorum G.*came HN, observer/)
    expect(two.out).toMatch(/HOLDS: .*up to this checkpoint\. Too few witnesses/)
  })

  it('and is not misled by a witness that serves what the log never signed', async () => {
    const { home, path, log, append, collect, verify } = await newScene()
    await append(log, 2)
    await collect(log)
    const liar = await listen(
      createServer((_, response) => response.end('istmo.example/gateway\n9\nAAAA\n\n— x AAAA\n')),
    )
    const text = (await readFile(join(home, 'policy'), 'utf8')).replace(/(witness GT \S+) \S+/, `$1 ${liar.url}`)
    await writeFile(join(home, 'policy'), text)
    const { code, out } = await verify(path)
    expect(out).toMatch(/NOT_ASKED witness GT/)
    expect(code).toBe(0)
  })
})

describe('the newest entries', () => {
  it('await their witnesses for five minutes, and then lack a quorum', async () => {
    const { path, log, append, collect, verifyAt } = await newScene()
    await append(log, 2)
    await collect(log)
    await append(log, 4)
    const soon = await verifyAt(NOW + 299_000, path)
    expect(soon.out).toMatch(/note: AWAITS_WITNESSES entries from 2 on: .* came one of size 2/)
    expect(soon.code).toBe(0)
    const late = await verifyAt(NOW + 301_000, path)
    expect(late.out).toMatch(/ {2}NO_QUORUM entries from 2 on/)
    expect(late.code).toBe(1)
  })

  it('must be recent if the reader says so; no single clock makes an old quorum look new', async () => {
    const { path, log, append, collect, verifyAt } = await newScene()
    clocks.set('GT', 290_000)
    await append(log, 2)
    await collect(log)
    expect((await verifyAt(NOW + HOUR_MS, path, '--max-age', 'PT1H')).code).toBe(0)
    const late = await verifyAt(NOW + HOUR_MS + 1_000, path, '--max-age', 'PT1H')
    expect(late.out).toMatch(
      /STALE quorum G: expected a quorum within the last 3600 s, came one of 2026-11-20T12:00:00/,
    )
    expect(late.code).toBe(2)
  })

  it('do not count a cosignature from the future, and it is told', async () => {
    const { path, log, append, verifyAt } = await newScene()
    await append(log, 2)
    const { note } = log.published()
    clocks.set('GT', 70 * 365 * 24 * HOUR_MS)
    const { signText, parseNote } = await import('../../audit/note/note.ts')
    await log.addCosignatures(
      note,
      NAMES.slice(0, 3).map((name) => signText(parseNote(note).text, signers.get(name) as NoteSigner)),
    )
    const { code, out } = await verifyAt(NOW, path, '--offline')
    expect(out).toMatch(/note: WRONG_CLOCK witness GT in checkpoint: expected a time up to .*, came 2096-/)
    expect(out).toMatch(/NO_QUORUM entries from 0 on/)
    expect(code).toBe(1)
  })
})

describe('an empty log', () => {
  it('needs a quorum too', async () => {
    const { path, log, append, collect, verify } = await newScene()
    await append(log, 0)
    const { code, out } = await verify(path)
    expect(out).toMatch(/NO_QUORUM the empty log: expected a checkpoint of size 0 in quorum G, came none in quorum/)
    expect(code).toBe(1)
    await collect(log)
    expect((await verify(path)).code).toBe(0)
  })
})

describe('a witness that the reader demands', () => {
  it('that is silent is a doubt, one that is left behind does not hold, and one that covers the log holds', async () => {
    const { path, log, append, collect, verify, verifyAt, silence } = await newScene()
    await append(log, 2)
    await collect(log)
    await append(log, 4)
    await collect(log, ['GT', 'HN', 'observer'])
    const demand = ['--require-witness', 'SV']
    expect((await verify(path, ...demand)).out).toMatch(
      /note: AWAITS_WITNESSES witness SV: expected a cosignature of 4/,
    )
    const behind = await verifyAt(NOW + HOUR_MS, path, ...demand)
    expect(behind.out).toMatch(/NOT_COSIGNED witness SV: expected a cosignature of 4 entries, came one of 2 entries/)
    expect(behind.code).toBe(1)
    expect((await verify(path, '--require-witness', 'GT')).code).toBe(0)
    await silence('SV')
    const silent = await verify(path, ...demand)
    expect(silent.out).toMatch(/WITNESS_SILENT witness SV: .*came one of 2 entries in the log; .*ECONNREFUSED/)
    expect(silent.out).toMatch(/COULD NOT TELL: one doubt\.\n$/)
    expect(silent.code).toBe(2)
    expect((await verify(path, '--offline', ...demand)).code).toBe(2)
    expect((await verify(path, '--offline', '--require-witness', 'GT')).code).toBe(0)
    expect((await verify(path, '--require-witness', 'PA')).code).toBe(2)
  })
})

describe('checkpoints that others know', () => {
  it('are a split view if they contradict the log, with evidence that a third party can check', async () => {
    const { home, path, log, append, collect, open, copy, verify, checkSplit } = await newScene()
    await append(log, 2)
    const other = await open(await copy('other'))
    await append(log, 4)
    await collect(log)
    await append(other, 4, 'other')
    const known = join(home, 'known.json')
    await writeFile(known, JSON.stringify({ checkpoints: [{ note: other.published().note }] }))
    const { code, out } = await verify(path, '--known', known)
    expect(out).toMatch(/SPLIT_VIEW checkpoint of size 4 in .*known\.json: expected the tree of checkpoint/)
    expect(code).toBe(1)
    const evidence = /evidence of a split view: (\S+)/.exec(out)?.[1] ?? ''
    const again = await verify(path, '--known', evidence)
    expect(again.code).toBe(1)
    expect((await verify(path, '--known', join(path, 'checkpoint'))).code).toBe(0)
    const proven = await checkSplit(evidence)
    expect(proven.out).toMatch(
      /SPLIT_VIEW checkpoint of size 4 of istmo\.example\/gateway: .*the log signed two histories\.\n$/s,
    )
    expect(proven.code).toBe(1)
    expect((await checkSplit(join(path, 'checkpoint'), join(path, 'checkpoint'))).code).toBe(0)
    expect((await checkSplit(join(path, 'checkpoint'))).code).toBe(2)
  })

  it('that the log did not sign say nothing', async () => {
    const { home, path, log, append, collect, verify } = await newScene()
    await append(log, 2)
    await collect(log)
    const forger = await openLog({ folder: join(home, 'forged'), signer: newSigner('istmo.example/gateway') })
    closing.push(() => forger.close())
    await append(forger, 2, 'forged')
    await writeFile(join(home, 'forged.txt'), forger.published().note)
    expect((await verify(path, '--known', join(home, 'forged.txt'))).code).toBe(0)
  })
})

describe('a log over HTTP', () => {
  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ] as const)('may come with the content coding %s', async (coding, compress) => {
    const { path, log, append, collect, verify } = await newScene()
    await append(log, 300)
    await collect(log)
    const { url } = await listen(
      createServer((request, response) => {
        readFile(join(path, request.url ?? '')).then(
          (bytes) => response.writeHead(200, { 'content-encoding': coding }).end(compress(bytes)),
          () => response.writeHead(404).end(),
        )
      }),
    )
    expect((await verify(url)).code).toBe(0)
  })

  it('is not read in Brotli, whose decoder in Node.js had holes', async () => {
    const { url } = await listen(
      createServer((_, response) =>
        response.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync('a checkpoint')),
      ),
    )
    await expect(urlSource(url).read('checkpoint')).rejects.toThrow(
      'expected no content coding, or one of gzip, x-gzip, zstd; came br',
    )
  })
})
