import { writeFile } from 'node:fs/promises'
import { type Entry, parseEntry } from '../contract/audit-log/entry.ts'
import { readMoment } from '../contract/read-moment.ts'
import { type RevealRequestClaims, signRevealRequest } from '../contract/trust/reveal/reveal-request.ts'
import { openOfficer, openShare } from '../contract/trust/reveal/sealed-officer.ts'
import { createUuidV7 } from '../contract/uuid-v7.ts'
import type { CommandLine } from '../service/command-spec.ts'
import { NEEDED, NEEDED_LIST, TEXT } from '../service/command-texts.ts'
import { askOnTerminal } from '../service/terminal.ts'
import { AUDIT_TEXTS, type AuditCommand, type AuditIo, defineAudit } from './command.ts'
import { findReader, noteReading, openDeskLog } from './desk.ts'
import { readPolicies } from './inputs.ts'
import { DESK_LOG_OPTIONS, OWN_LOG_OPTIONS, UP_TO_200 } from './options.ts'
import { findEntry } from './readable-entries.ts'
import {
  checkLogged,
  describeReveal,
  makeRevealKeyFile,
  NEW_KEY_OPTIONS,
  nameFile,
  openRevealKeyFiles,
  PASSPHRASE_FILE_OPTION,
  readAnswerFile,
} from './reveal/reveal-files.ts'

/** Makes an auditor's keys: one pair that signs requests, and one to which answers are sealed. */
const keyCommand = defineAudit(
  'reveal key',
  {
    arguments: { file: TEXT },
    options: NEW_KEY_OPTIONS,
  },
  async (line) => {
    const lines = await makeRevealKeyFile(line, true, { ask: askOnTerminal })
    return { verdict: 'HOLDS', text: lines.join('\n'), json: { lines } }
  },
)

const REQUEST = {
  arguments: { request: TEXT },
  options: {
    key: NEEDED,
    ...PASSPHRASE_FILE_OPTION,
    authority: TEXT,
    entry: TEXT,
    country: TEXT,
    ref: TEXT,
    token: TEXT,
    at: {
      parse(text: string): number | undefined {
        const ms = readMoment(text)
        return ms === undefined ? undefined : Math.floor(ms / 1_000)
      },
    },
    subject: TEXT,
    audience: TEXT,
    ...DESK_LOG_OPTIONS,
    log: TEXT,
    reason: { ...NEEDED, ...UP_TO_200 },
  },
} as const

/** Signs a request to learn which officer stands behind a pseudonym. */
const requestCommand = defineAudit('reveal request', REQUEST, async (line, io) => {
  const { aud: named, ...sought } = await findSought(line, io)
  const aud = line.authority ?? named
  if (aud === undefined) throw new TypeError('expected --authority: the issuer of the authority; came none')
  const { signing, sealing } = await openRevealKeyFiles([line.key], line.passphraseFile, { ask: askOnTerminal })
  const [signer, receiver] = [signing[0], sealing[0]]
  if (signer === undefined || receiver === undefined) {
    throw new Error(
      `${line.key}: expected the keys of an auditor; came others. Make them with \`istmo audit reveal key\``,
    )
  }
  const claims: RevealRequestClaims = {
    v: 1,
    aud,
    iat: Math.floor(io.now() / 1_000),
    jti: createUuidV7(io.now()),
    ...sought,
    reason: line.reason,
    seal_to: receiver.kid,
  }
  await writeFile(line.request, `${await signRevealRequest(claims, signer)}\n`, { mode: 0o600 })
  const text = `${line.request}: a request to ${aud}. Give it to the authority’s security officer.`
  return { verdict: 'HOLDS', text, json: { ...claims } }
})

type RequestLine = CommandLine<typeof REQUEST>

/** What a request is about, and where it was found. `aud`: the authority that an entry names. */
type Sought = Pick<RevealRequestClaims, 'about' | 'found'> & Partial<Pick<RevealRequestClaims, 'aud'>>

async function findSought(line: RequestLine, io: AuditIo): Promise<Sought> {
  const { entry, ref, token, at, subject, audience } = line
  const given = [entry, ref, token, subject].filter((each) => each !== undefined)
  if (given.length !== 1) {
    throw new TypeError(`expected one of --entry, --ref, --token and --subject; came ${given.length}`)
  }
  if (entry !== undefined) return readSought(line, entry, io)
  if (ref !== undefined) return { about: { ref } }
  if (token === undefined) {
    if (audience === undefined) throw new TypeError('expected --audience with --subject: who sees it; came none')
    return { about: { subject: subject ?? '', audience } }
  }
  if (at === undefined) throw new TypeError('expected --at with --token: when the token was used; came none')
  return { about: { token, at } }
}

/** Finds in an entry what leads to the officer. Reading it is an entry in the auditor's own log. */
async function readSought(line: RequestLine, wanted: string, io: AuditIo): Promise<Sought> {
  if (line.log === undefined) throw new TypeError('expected --log with --entry: the log of the entry; came none')
  const reader = await openDeskLog({ ...line, log: line.log })
  const { name } = reader.log
  const placed = await findEntry(reader, wanted, io)
  const reading = { channel: 'REVEAL', country: null, entries: placed === undefined ? 0 : 1, logs: [name] } as const
  await noteReading(line, { ...reading, sought: { entry: wanted } }, io)
  if (placed === undefined) throw new Error(`expected an entry ${wanted} in ${name}; it has none`)
  const entry = parseEntry(placed.bytes)
  const found = { log: name, entry: entry.id }
  if (entry.kind === 'access-token' || entry.kind === 'country-token' || entry.kind === 'export') {
    return { about: { ref: entry.officer }, found }
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
  return { about: { token: caller.tokenId, at }, found, aud: caller.authority }
}

function callersIn(entry: Entry, country: string | undefined) {
  if (entry.kind === 'leg') return [entry.caller ?? []].flat()
  if (entry.kind !== 'request' && entry.kind !== 'continuation') return []
  return entry.legs.flatMap((leg) => (country === undefined || leg.country === country ? (leg.caller ?? []) : []))
}

/** Opens an authority's answer, and shows which officer stands behind a pseudonym. */
const openCommand = defineAudit(
  'reveal open',
  {
    arguments: { answer: TEXT },
    options: {
      key: NEEDED_LIST,
      ...PASSPHRASE_FILE_OPTION,
      policy: DESK_LOG_OPTIONS.policy,
      ...OWN_LOG_OPTIONS,
    },
  },
  async (line, io) => {
    const keys = await openRevealKeyFiles(line.key, line.passphraseFile, { ask: askOnTerminal })
    const { policies: ofDesk } = await findReader(line)
    const policies = await readPolicies(line.policy.length > 0 ? line.policy : ofDesk)
    const answer = await readAnswerFile(line.answer)
    const remedy = 'Give the keys with which you asked, with --key, or ask the authority for the answer again'
    const checked = await nameFile(line.answer, remedy, () => checkLogged(answer, keys.verifying, policies))
    const { seal, reveal, request } = checked
    const ref = seal.officer
    const own = seal.auditors.find(({ key }) => keys.sealing.some(({ kid }) => kid === key))
    if (own === undefined) {
      throw new Error('expected a seal for one of these keys; it is for others. Give your older keys too, with --key')
    }
    const officer = await nameFile(line.answer, remedy, async () => {
      const mine = await openShare(own.share, keys.sealing, { part: 'AUDITOR', ref })
      const given = await openShare(answer.share, keys.sealing, { part: 'GIVEN', ref })
      return openOfficer(seal.sealed, ref, [mine, given])
    })
    const reading = { channel: 'REVEAL', country: null, entries: 1, logs: [reveal.origin] } as const
    const sought = { request: request.hash, ref }
    await noteReading({ ...line, reason: line.reason ?? reveal.reason }, { ...reading, sought }, io)
    return {
      verdict: 'HOLDS',
      text: `${describeReveal(checked)}\nissuer     ${officer.issuer}\nsubject    ${officer.subject}`,
      json: { ref, ...officer, auditor: reveal.auditor, reason: reveal.reason, entry: checked.index },
    }
  },
)

/** `istmo audit reveal`: the auditor’s side of a reveal. The authority’s side is `istmo reveal`. */
export const revealCommand: AuditCommand = {
  name: 'reveal',
  run: (args, streams, now) => {
    const run = (command: AuditCommand) => (rest: readonly string[]) => command.run(rest, streams, now)
    const commands = { key: run(keyCommand), request: run(requestCommand), open: run(openCommand) }
    return AUDIT_TEXTS.runGroup('reveal', commands, args, streams)
  },
}
