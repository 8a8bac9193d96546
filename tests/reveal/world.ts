/** An authority that puts officers under seal, its security officer, auditors, and the log of a country that the auditors read. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newSigner } from '../../audit/log/testing.ts'
import { parseSignerKey } from '../../audit/note/key.ts'
import { openLogReader } from '../../audit/reader/log-reader.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { runReveal } from '../../cli/reveal.ts'
import { type Entry, parseEntry } from '../../contract/audit-log/entry.ts'
import { SAMPLE_LEG } from '../../contract/audit-log/testing.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { auditHere, type Ended } from '../audit-cli/istmo.ts'
import { writeLog } from '../audit-cli/logs.ts'
import { ask, claimsIn, createSession, exchange, fetchNonce, getAccessToken } from '../authority/clients.ts'
import { createMandatePersons } from '../authority/mandate-persons.ts'
import { createWorld, ISSUER, providerClaims, sign, type World } from '../authority/world.ts'

const ISTMO = join(import.meta.dirname, '../../cli/istmo.js')

/** The reveal world: files of everybody in one folder. */
export interface RevealWorld {
  readonly world: World
  readonly at: (name: string) => string
  readonly start: () => Promise<void>
  readonly end: (signal: NodeJS.Signals) => Promise<void>
  /** Runs `istmo audit` with an auditor's desk. */
  readonly audit: (...args: readonly string[]) => Promise<Ended>
  /** Runs `istmo reveal`, and agrees to what it asks. */
  readonly reveal: (...args: readonly string[]) => Promise<Ended>
  /** Lets an officer ask HN. Resolves to the `jti` of both tokens and the `sub` that HN sees. */
  readonly askCountry: (subject: string) => Promise<{ access: string; country: string; sub: string }>
  /** Writes the log of HN with one leg for each country token. */
  readonly writeCountryLog: (tokens: readonly string[]) => Promise<void>
  /** Writes the token of a person at the login provider to a file, and returns its path. */
  readonly login: (name: string, org: object) => Promise<string>
  /** How long `istmo reveal approve` waits for witnesses, in milliseconds. */
  readonly patience: { ms: number }
  readonly remove: () => Promise<void>
}

/** Makes all files. `auditors` are the names of the auditors whose keys the authority pins. */
export async function createRevealWorld(auditors: readonly string[]): Promise<RevealWorld> {
  const world = await createWorld({
    trustPolicy: 'authority-policy',
    reveal: {
      key: 'reveal.key.jwks.json',
      auditors: auditors.map((name) => ({ name, keys: [`${name}.key.jwks.json`] })),
      approvers: [{ agency: 'GT-MP', role: 'security' }],
    },
  })
  const at = (name: string): string => join(world.folder, name)
  const hnLog = newSigner('hn.istmo.example')
  const { verifier } = parseSignerKey((await readFile(at('keys/log.key'), 'utf8')).trim())
  await writeFile(at('authority-policy'), `log ${verifier.vkey}\nquorum none\n`)
  await writeFile(at('hn-policy'), `log ${hnLog.verifier.vkey}\nquorum none\n`)
  const { url, start, end } = createProcess(world)
  const patience = { ms: 60_000 }
  return {
    ...{ world, at, start, end, patience },
    audit: (...args) => auditHere(args, world.folder),
    reveal: (...args) => revealHere(args, world.folder, patience.ms),
    async askCountry(subject) {
      const session = await createSession()
      const nonce = await fetchNonce(url(), world)
      const access = await getAccessToken(url(), world, session, { nonce, claims: { sub: subject } })
      const accessToken = String(access.body.access_token)
      const country = claimsIn(
        await exchange(url(), world, accessToken, { nonce, question: ask(session, accessToken) }),
      )
      return { access: String(claimsIn(access).jti), country: String(country.jti), sub: String(country.sub) }
    },
    async writeCountryLog(tokens) {
      const now = Date.now()
      const legs = tokens.map((tokenId) => ({
        ...SAMPLE_LEG,
        ...{ id: createUuidV7(now), time: new Date(now).toISOString(), node: hnLog.verifier.name },
        caller: { ...SAMPLE_LEG.caller, authority: ISSUER, tokenId },
      }))
      await writeLog(at('hn'), hnLog, legs)
    },
    async login(name, org) {
      const claims = providerClaims({ sub: name, azp: undefined, org })
      await writeFile(at(`${name}.jwt`), await sign(claims, world.provider))
      return at(`${name}.jwt`)
    },
    async remove() {
      await end('SIGKILL')
      await world.remove()
    },
  }
}

/** Runs `istmo reveal` in this process, with a folder as the working folder. */
async function revealHere(args: readonly string[], folder: string, witnessPatienceMs: number): Promise<Ended> {
  let [stdout, stderr] = ['', '']
  const io = {
    out: { write: (text: string) => (stdout += text) },
    err: { write: (text: string) => (stderr += text) },
    ...{ now: Date.now, ask: async () => 'yes', witnessPatienceMs },
  }
  const before = process.cwd()
  process.chdir(folder)
  const code = await runReveal(args, io).finally(() => process.chdir(before))
  return { code, stdout, stderr }
}

/** The authority's process, which a test ends and starts again. */
function createProcess(world: World) {
  let child: ChildProcess | undefined
  let url = ''
  const start = async (): Promise<void> => {
    const began = spawn(process.execPath, [ISTMO, 'authority', '--config', world.config, '--development'])
    child = began
    let said = ''
    began.stderr.on('data', (chunk) => {
      said += chunk
    })
    for await (const chunk of began.stdout) {
      const address = /http:\S+[^/\s]/.exec(String(chunk))?.[0]
      if (address === undefined) continue
      url = address
      return
    }
    throw new Error(`expected an authority that listens: ${said}`)
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
  }
  return { url: () => url, start, end }
}

/** Makes the mandate of the officers of a world whose authority runs. */
export async function makeMandate(world: World): Promise<() => Promise<string>> {
  const persons = await createMandatePersons(world)
  return () => persons.makeMandate('prosecutor')
}

/** Reads the entries of the auditor's own log. */
export async function readOwnLog({ at }: RevealWorld): Promise<readonly Entry[]> {
  const { verifier } = parseSignerKey((await readFile(at('desk/own.key'), 'utf8')).trim())
  const policy = { logs: [{ verifier }], witnesses: [], groups: new Map(), quorum: 'none' }
  const reader = await openLogReader(folderSource(at('desk/own/log')), policy)
  const entries: Entry[] = []
  for await (const { bytes } of reader.entries()) entries.push(parseEntry(bytes))
  return entries
}
