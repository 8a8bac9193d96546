import { writeFile } from 'node:fs/promises'
import { type Entry, parseEntry } from '../../../contract/audit-log/entry.ts'
import { MOMENT_FORMS, readMoment } from '../../../contract/read-moment.ts'
import type { RevealAbout, RevealRequestClaims } from '../../../contract/trust/reveal/reveal-request.ts'
import { signRevealRequest } from '../../../contract/trust/reveal/reveal-request.ts'
import { createUuidV7 } from '../../../contract/uuid-v7.ts'
import { TERMINAL } from '../../mandates/io.ts'
import { openRevealKeyFiles } from '../../reveal/key-file.ts'
import { PASSPHRASE_FILE_OPTION } from '../../reveal/options.ts'
import { type AuditIo, defineAudit } from '../command.ts'
import { DESK_LOG_OPTIONS, noteReading, openDeskLog, type ReaderLine } from '../desk/note-reading.ts'
import { findEntry } from '../find-entry.ts'

const FILE = { value: 'file', expected: 'the path of a file' } as const

/** `istmo audit reveal request`: signs a request to learn which officer stands behind a pseudonym. */
export const revealRequestCommand = defineAudit(
  {
    name: 'reveal request',
    description: 'sign a request to an authority: which officer stands behind this entry, token or ref?',
    arguments: { request: { meaning: 'the file of the request that is written' } },
    options: {
      key: { flag: 'key', ...FILE, isRequired: true, meaning: 'your keys (`istmo audit reveal key`)' },
      ...PASSPHRASE_FILE_OPTION,
      authority: {
        flag: 'authority',
        value: 'issuer',
        expected: 'the address of an authority',
        meaning: 'the authority’s name, its issuer; with --entry of a country’s log, by default that of the entry',
      },
      entry: {
        flag: 'entry',
        value: 'entry',
        expected: 'the id of an entry, or its index',
        meaning: 'the entry of --log that you ask about: of a country’s log, a gateway’s or the authority’s own',
      },
      country: {
        flag: 'country',
        value: 'code',
        expected: 'a country code',
        meaning: 'which country’s leg you mean, if the entry of a gateway has several',
      },
      ref: {
        flag: 'ref',
        value: 'ref',
        expected: 'a ref',
        meaning: 'a ref of the authority’s own log, without --entry',
      },
      token: {
        flag: 'token',
        value: 'id',
        expected: 'the jti of a token',
        meaning: 'the id of an access token or country token; needs --at',
      },
      at: {
        flag: 'at',
        value: 'time',
        expected: MOMENT_FORMS,
        meaning: 'when the token was used',
        parse(text: string): number | undefined {
          const ms = readMoment(text)
          return ms === undefined ? undefined : Math.floor(ms / 1_000)
        },
      },
      subject: {
        flag: 'subject',
        value: 'sub',
        expected: 'the sub of a token',
        meaning: 'the pseudonym that a country or gateway sees; needs --audience',
      },
      audience: {
        flag: 'audience',
        value: 'name',
        expected: 'a country code, or the address of a gateway',
        meaning: 'who sees that pseudonym',
      },
      ...DESK_LOG_OPTIONS,
      log: { ...DESK_LOG_OPTIONS.log, isRequired: false, meaning: 'the log of --entry: a folder or a URL' },
      reason: {
        ...DESK_LOG_OPTIONS.reason,
        isRequired: true,
        meaning: 'why you ask: the number of an order or a complaint, never a name. It stands in the authority’s log',
      },
    },
    notes: {
      'Exit codes': { 0: 'the request is written', 1: 'not used', 2: 'it could not be made, or an argument is wrong' },
    },
    examples: [
      {
        command:
          'istmo audit reveal request request.jws --log hn --entry 7 --policy hn-policy --reason "order 77/2026" --key auditor.key',
        meaning: 'Asks the authority that the entry names, about the officer behind leg 7 of the log of HN.',
      },
    ],
  },
  async (line, io) => {
    const found = await findAbout(line, io)
    const authority = line.authority ?? found.authority
    if (authority === undefined) throw new TypeError('expected --authority: the issuer of the authority; came none')
    const keys = await openRevealKeyFiles([line.key], line.passphraseFile, TERMINAL)
    const [signing] = keys.signing
    const [sealing] = keys.sealing
    if (signing === undefined || sealing === undefined) {
      throw new Error(
        `${line.key}: expected the keys of an auditor; came others. Make them with \`istmo audit reveal key\``,
      )
    }
    const claims: RevealRequestClaims = {
      ...{ v: 1, aud: authority, iat: Math.floor(io.now() / 1_000), jti: createUuidV7(io.now()) },
      ...{ about: found.about, ...(found.place && { found: found.place }) },
      ...{ reason: line.reason, seal_to: sealing.kid },
    }
    await writeFile(line.request, `${await signRevealRequest(claims, signing)}\n`, { mode: 0o600 })
    const text = `${line.request}: a request to ${authority}. Give it to the authority’s security officer.`
    return { verdict: 'HOLDS', text, json: { ...claims } }
  },
)

interface AboutLine extends ReaderLine {
  readonly entry?: string | undefined
  readonly log?: string | undefined
  readonly policy: readonly string[]
  readonly country?: string | undefined
  readonly ref?: string | undefined
  readonly token?: string | undefined
  readonly at?: number | undefined
  readonly subject?: string | undefined
  readonly audience?: string | undefined
}

/** What a request is about, and what the entry that names it says besides. */
interface FoundAbout {
  readonly about: RevealAbout
  readonly authority?: string
  readonly place?: NonNullable<RevealRequestClaims['found']>
}

async function findAbout(line: AboutLine, io: AuditIo): Promise<FoundAbout> {
  const { entry, ref, token, at, subject, audience } = line
  const given = [entry, ref, token, subject].filter((each) => each !== undefined)
  if (given.length !== 1) {
    throw new TypeError(`expected one of --entry, --ref, --token and --subject; came ${given.length}`)
  }
  if (ref !== undefined) return { about: { ref } }
  if (token !== undefined) {
    if (at === undefined) throw new TypeError('expected --at with --token: when the token was used; came none')
    return { about: { token, at } }
  }
  if (subject !== undefined) {
    if (audience === undefined) throw new TypeError('expected --audience with --subject: who sees it; came none')
    return { about: { subject, audience } }
  }
  return readAbout(line, entry ?? '', io)
}

/** Finds in an entry what leads to the officer. Reading it is an entry in the auditor's own log. */
async function readAbout(line: AboutLine, wanted: string, io: AuditIo): Promise<FoundAbout> {
  if (line.log === undefined) throw new TypeError('expected --log with --entry: the log of the entry; came none')
  const reader = await openDeskLog({ ...line, log: line.log })
  const placed = await findEntry(reader, wanted, io)
  const entries = placed === undefined ? 0 : 1
  await noteReading(
    line,
    { channel: 'REVEAL', country: null, entries, logs: [reader.log.name], sought: { entry: wanted } },
    io,
  )
  if (placed === undefined) throw new Error(`expected an entry ${wanted} in ${reader.log.name}; it has none`)
  const entry = parseEntry(placed.bytes)
  const place = { log: reader.log.name, entry: entry.id }
  if (entry.kind === 'access-token' || entry.kind === 'country-token' || entry.kind === 'export') {
    return { about: { ref: entry.officer }, place }
  }
  const callers = callersIn(entry, line.country)
  const [caller] = callers
  if (caller === undefined) {
    throw new Error(
      'expected an entry that names the country token of a caller; this one does not (kind, or --country)',
    )
  }
  if (new Set(callers.map(({ authority }) => authority)).size > 1) throw new TypeError('expected --country; came none')
  const at = Math.floor(Date.parse(entry.time) / 1_000)
  return { about: { token: caller.tokenId, at }, authority: caller.authority, place }
}

function callersIn(entry: Entry, country: string | undefined) {
  if (entry.kind === 'leg') return entry.caller === undefined ? [] : [entry.caller]
  if (entry.kind !== 'request' && entry.kind !== 'continuation') return []
  return entry.legs.flatMap((leg) =>
    (country === undefined || leg.country === country) && leg.caller != null ? [leg.caller] : [],
  )
}
