import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { findPersonEntry, listFromLog } from '../../authority/mandates/mandate-book.ts'
import { entryLabels } from '../../contract/audit-log/words.ts'
import { nameCountryIn } from '../../contract/country-name.ts'
import type { Language } from '../../contract/language.ts'
import { isRecordId, RECORD_ID_FORM } from '../../contract/record-id.ts'
import { MAX_NAMED_PERSONS, type MandateActAnswer } from '../../contract/trust/mandate-act.ts'
import {
  MANDATE_TYPE,
  type MandateDocument,
  mandateTime,
  signMandate,
  verifyMandate,
  verifyMandateDraft,
} from '../../contract/trust/mandate-document.ts'
import { signRevocation } from '../../contract/trust/mandate-revocation.ts'
import { hashPayload, type PersonalJws, thumbprintOf, verifyPersonalJws } from '../../contract/trust/personal-jws.ts'
import { disclose } from '../../contract/trust/sd-jwt.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { executeCommand } from '../../service/command-line.ts'
import { LIST, NEEDED, oneOf, SWITCH, TEXT } from '../../service/command-texts.ts'
import { BOTH_LANG_OPTIONS, spokenLanguage } from '../../service/lang-option.ts'
import { NEW_PASSPHRASE_OPTIONS, readNewPassphrase } from '../../service/passphrase.ts'
import { replaceFile } from '../../service/replace-file.ts'
import { readYamlFile } from '../../service/yaml-file.ts'
import { handIn } from '../hand-in.ts'
import { CLI_TEXTS } from '../texts.ts'
import { cliWords } from '../words.ts'
import { confirm, type MandatesIo, TERMINAL } from './io.ts'
import { CURVES, makeKeyFile, openKeyFile, readKeyFile } from './key-file.ts'

/**
 * Runs one command of `istmo mandates`: documents that two persons sign, each with a key of their own.
 * @returns the exit code: 2 if an argument is wrong, 1 for any other failure.
 */
export function runMandates(args: readonly string[], io: MandatesIo = TERMINAL): Promise<number> {
  const commands = {
    key: runKey,
    draft: runDraft,
    approve: runApprove,
    revoke: runRevoke,
    list: runList,
    person: runPerson,
    show: runShow,
  }
  return CLI_TEXTS.runGroup('mandates', commands, args, io)
}

/** What a person needs to sign. */
const SIGNING_OPTIONS = { key: NEEDED, passphraseFile: TEXT, yes: SWITCH } as const

/** How an act reaches the authority. */
export const AUTHORITY_OPTIONS = { token: NEEDED, authority: NEEDED } as const

const KEY = CLI_TEXTS.declare('mandates key', {
  arguments: { file: TEXT },
  options: {
    curve: { ...oneOf(CURVES), default: 'Ed25519' },
    ...NEW_PASSPHRASE_OPTIONS,
  },
})

function runKey(args: readonly string[], io: MandatesIo): Promise<number> {
  return executeCommand(
    KEY,
    args,
    async (line) => {
      const { file, curve } = line
      const found = await readKeyFile(file)
      if (found !== undefined) return void io.out.write(`${found.kid}\n`)
      const secret = await readNewPassphrase(line, io)
      const { kid } = await makeKeyFile(file, curve, secret)
      io.out.write(`${kid}\n`)
      if (secret === undefined) io.err.write(`${file} has no passphrase: whoever reads it can sign as you.\n`)
    },
    io,
  )
}

const DRAFT = CLI_TEXTS.declare('mandates draft', {
  arguments: {
    file: TEXT,
    document: TEXT,
  },
  options: { ...SIGNING_OPTIONS, ...AUTHORITY_OPTIONS, ...BOTH_LANG_OPTIONS },
})

const text = z.string().min(1)
const person = z.strictObject({ subject: text })

/** The file that a drafter writes. The members are those of the document; persons are named by their subject at the login provider. */
const DRAFT_FILE = z.strictObject({
  issuer: text,
  country: text,
  task_force: text,
  purposes: z.array(text),
  countries: z.array(text),
  scopes: z.array(text),
  legal_basis: z.array(text).default([]),
  /** The record id of the case to which the mandate is bound. */
  case: z.string().refine(isRecordId, `expected ${RECORD_ID_FORM}`).optional(),
  not_after: text,
  time_zone: text,
  officers: z
    .array(z.union([z.strictObject({ agency: text, role: text }), person]))
    .min(1)
    .max(MAX_NAMED_PERSONS - 1),
  approver: person,
})

function runDraft(args: readonly string[], io: MandatesIo): Promise<number> {
  return executeCommand(
    DRAFT,
    args,
    async ({ file, document: path, key: keyFile, passphraseFile, yes, token, authority }) => {
      const language = spokenLanguage()
      const place = { token, authority }
      const wanted = await readYamlFile(file, DRAFT_FILE, { remedy: 'docs/authority.md describes the file.' })
      const key = await openKeyFile(keyFile, passphraseFile, io)
      const subjects = [wanted.approver, ...wanted.officers].flatMap((each) =>
        'subject' in each ? [each.subject] : [],
      )
      const named = await handIn(place, { act: 'name', subjects }, io.now)
      const [drafter = '', ...others] = named.persons ?? []
      const hashes = new Map(subjects.map((subject, at) => [subject, others[at] ?? '']))
      const { document, disclosure } = toDocument(wanted, { drafter, hashes, nowMs: io.now() })
      // It checks the document, so that the person is never shown one that nobody would take.
      const jws = await signMandate(document, key, 'drafter')
      const { hash } = await verifyMandateDraft(jws)
      io.out.write(describeMandate(document, hash, language, nameHashes(named, subjects, language)))
      await confirm(io, language, yes)
      await writeFile(path, `${JSON.stringify(jws)}\n`, { flag: 'wx' })
      if (disclosure !== undefined) {
        const kept = { case: wanted.case, disclosure }
        await writeFile(`${path}.case`, `${JSON.stringify(kept)}\n`, { flag: 'wx', mode: 0o600 })
      }
      await handIn(place, { act: 'draft', document: JSON.stringify(jws) }, io.now)
      io.out.write(`drafted ${hash}\n`)
    },
    io,
  )
}

/** Makes the document, and the disclosure of its case if it has one. */
function toDocument(
  wanted: z.infer<typeof DRAFT_FILE>,
  { drafter, hashes, nowMs }: { drafter: string; hashes: ReadonlyMap<string, string>; nowMs: number },
): { readonly document: MandateDocument; readonly disclosure?: string } {
  const { officers, approver, case: caseId, ...rest } = wanted
  const hidden = caseId === undefined ? undefined : disclose('case', caseId)
  const document = {
    v: 1,
    id: createUuidV7(nowMs),
    issued: Math.floor(nowMs / 1_000),
    ...rest,
    ...(hidden && { case: hidden.digest }),
    officers: officers.map((each) => ('subject' in each ? { hash: hashes.get(each.subject) ?? '' } : each)),
    drafter,
    approver: hashes.get(approver.subject) ?? '',
  }
  // Its members are checked when it is signed.
  return { document: document as MandateDocument, ...(hidden && { disclosure: hidden.disclosure }) }
}

const APPROVE = CLI_TEXTS.declare('mandates approve', {
  arguments: { document: TEXT },
  options: {
    person: LIST,
    ...SIGNING_OPTIONS,
    ...AUTHORITY_OPTIONS,
    ...BOTH_LANG_OPTIONS,
  },
})

function runApprove(args: readonly string[], io: MandatesIo): Promise<number> {
  return executeCommand(
    APPROVE,
    args,
    async ({ document: path, person: subjects, key: keyFile, passphraseFile, yes, token, authority }) => {
      const language = spokenLanguage()
      const place = { token, authority }
      const key = await openKeyFile(keyFile, passphraseFile, io)
      const jws = await readDocument(path, await thumbprintOf(key))
      const draft = await verifyMandateDraft({ ...jws, signatures: jws.signatures.slice(0, 1) })
      const names = nameHashes(await handIn(place, { act: 'name', subjects }, io.now), subjects, language)
      io.out.write(describeMandate(draft.document, draft.hash, language, names))
      if (findUnnamed(draft.document, names).length > 0) io.err.write(`${cliWords(language)('mandates.unnamed')}\n`)
      await confirm(io, language, yes)
      const signed = jws.signatures.length === 2 ? jws : await signMandate(draft.jws, key, 'approver')
      await replaceFile(path, `${JSON.stringify(signed)}\n`)
      await handIn(place, { act: 'approve', document: JSON.stringify(signed) }, io.now)
      io.out.write(`approved ${draft.hash}\n`)
    },
    io,
  )
}

/** Reads a draft; or a mandate that this key has signed already, because the authority did not answer the first time. */
async function readDocument(path: string, kid: string): Promise<PersonalJws> {
  const text = await readFile(path, 'utf8')
  const draft = await verifyMandateDraft(text).catch(() => null)
  return draft?.jws ?? (await verifyMandate(text, new Set([kid]))).jws
}

const HASH = /^[A-Za-z0-9_-]{43}$/

const REVOKE = CLI_TEXTS.declare('mandates revoke', {
  arguments: { mandate: TEXT },
  options: {
    reason: NEEDED,
    ...SIGNING_OPTIONS,
    ...AUTHORITY_OPTIONS,
    ...BOTH_LANG_OPTIONS,
  },
})

function runRevoke(args: readonly string[], io: MandatesIo): Promise<number> {
  return executeCommand(
    REVOKE,
    args,
    async ({ mandate, reason, key: keyFile, passphraseFile, yes, token, authority }) => {
      const language = spokenLanguage()
      const hash = HASH.test(mandate) ? mandate : hashPayload(readPayload(mandate, await readFile(mandate, 'utf8')))
      const key = await openKeyFile(keyFile, passphraseFile, io)
      const revocation = { v: 1, mandate: hash, issued: Math.floor(io.now() / 1_000), reason } as const
      const jws = await signRevocation(revocation, key)
      io.out.write(`${cliWords(language)('mandates.revokes', { hash, reason })}
`)
      await confirm(io, language, yes)
      await handIn({ token, authority }, { act: 'revoke', document: JSON.stringify(jws) }, io.now)
      io.out.write(`revoked ${hash}\n`)
    },
    io,
  )
}

function readPayload(path: string, text: string): string {
  try {
    const { payload } = JSON.parse(text) as { readonly payload?: unknown }
    if (typeof payload === 'string') return payload
  } catch {
    // The message below says what was expected.
  }
  throw new Error(`${path}: expected the hash of a mandate (43 characters) or the file of its document; came neither`)
}

const STATES = ['DRAFTED', 'APPROVED', 'REVOKED', 'EXPIRED'] as const

const LISTING = CLI_TEXTS.declare('mandates list', {
  options: {
    authority: NEEDED,
    state: oneOf(STATES),
    json: SWITCH,
  },
})

function runList(args: readonly string[], io: MandatesIo): Promise<number> {
  return executeCommand(
    LISTING,
    args,
    async ({ authority, state, json }) => {
      const all = await listFromLog(authority, io.now())
      for (const mandate of all.filter((each) => state === undefined || each.state === state)) {
        const { hash, document } = mandate
        const line = [
          mandate.state.padEnd(8),
          document.not_after,
          hash,
          document.task_force,
          document.countries.join(','),
          document.officers.map((each) => ('hash' in each ? each.hash : `${each.agency}/${each.role}`)).join(','),
        ]
        io.out.write(`${json ? JSON.stringify(mandate) : line.join('  ')}\n`)
      }
    },
    io,
  )
}

/** The authority publishes an entry within a second or two. How often, and how many times, the command looks. */
const LOOK_EVERY_MS = 200
const MAX_LOOKS = 50

const PERSON = CLI_TEXTS.declare('mandates person', {
  arguments: { subject: TEXT },
  options: AUTHORITY_OPTIONS,
})

function runPerson(args: readonly string[], io: MandatesIo): Promise<number> {
  return executeCommand(
    PERSON,
    args,
    async ({ subject, authority, token }) => {
      const { persons = [] } = await handIn({ authority, token }, { act: 'name', subjects: [subject] }, io.now)
      const hash = persons[1] ?? ''
      for (let look = 0; look < MAX_LOOKS; look++) {
        const id = await findPersonEntry(authority, hash)
        if (id !== undefined) return void io.out.write(`${hash}  ${id}\n`)
        await sleep(LOOK_EVERY_MS)
      }
      throw new Error(`expected the entry of ${hash} in the log; it was not published in time. Try again`)
    },
    io,
  )
}

const SHOW = CLI_TEXTS.declare('mandates show', {
  arguments: { document: TEXT },
  options: {
    approver: { isRepeated: true, parse: (text: string) => (/^[A-Za-z0-9_-]{43}$/.test(text) ? text : undefined) },
    ...BOTH_LANG_OPTIONS,
  },
})

function runShow(args: readonly string[], io: MandatesIo): Promise<number> {
  return executeCommand(
    SHOW,
    args,
    async ({ document: path, approver: pinned }) => {
      const language = spokenLanguage()
      const text = await readFile(path, 'utf8')
      const { signatures } = await verifyPersonalJws(text, MANDATE_TYPE)
      const isDraft = signatures.length === 1
      const approvers = pinned.length > 0 ? pinned : signatures.map(({ kid }) => kid)
      const signed = isDraft ? await verifyMandateDraft(text) : await verifyMandate(text, new Set(approvers))
      io.out.write(describeMandate(signed.document, signed.hash, language))
      for (const { role, kid } of signatures) io.out.write(`signed as ${role} with the key ${kid}\n`)
      io.out.write(isDraft ? 'a draft: it opens nothing\n' : `${mandateTime(signed.document, io.now())}\n`)
    },
    io,
  )
}

/** What a person reads before signing: every member of the document, in plain words. */

/**
 * Says whose salted hashes the command knows.
 * @param persons what the authority answered: the hash of the person at the terminal, then those of the subjects
 */
function nameHashes(
  { persons = [] }: MandateActAnswer,
  subjects: readonly string[],
  language: Language,
): ReadonlyMap<string, string> {
  const [own = '', ...others] = persons
  const names = subjects.map((subject, at): [string, string] => [others[at] ?? '', `${subject} (${others[at]})`])
  return new Map([...names, [own, cliWords(language)('mandates.you')]])
}

/** Lists the salted hashes in a mandate that have no name. */
function findUnnamed(document: MandateDocument, names: ReadonlyMap<string, string>): readonly string[] {
  const all = document.officers.flatMap((officer) => ('hash' in officer ? [officer.hash] : []))
  return [...all, document.drafter, document.approver].filter((digest) => !names.has(digest))
}

/**
 * Describes a mandate in plain words, one member a line.
 * @param names the salted hashes whose persons the command knows, with what to call them
 */
function describeMandate(
  document: MandateDocument,
  hash: string,
  language: Language,
  names: ReadonlyMap<string, string> = new Map(),
): string {
  const say = cliWords(language)
  const nameCountry = (code: string): string => `${nameCountryIn('{country}', code, language)} (${code})`
  const purposeOf = (purpose: MandateDocument['purposes'][number]): string => entryLabels(language).purposes[purpose]
  const person = (digest: string): string => names.get(digest) ?? say('mandates.person', { digest })
  const officers = document.officers.map((officer) =>
    'hash' in officer
      ? person(officer.hash)
      : say('mandates.everybody', { agency: officer.agency, role: officer.role }),
  )
  const lines: readonly (readonly [string, string])[] = [
    [say('mandates.taskForce'), document.task_force],
    [say('mandates.purposes'), document.purposes.map(purposeOf).join('; ')],
    [say('mandates.countries'), document.countries.map(nameCountry).join(', ')],
    [say('mandates.scopes'), document.scopes.join(', ')],
    [say('mandates.legalBasis'), document.legal_basis.join(', ') || say('mandates.none')],
    [
      say('mandates.case'),
      document.case === undefined ? say('mandates.everyCase') : say('mandates.boundTo', { digest: document.case }),
    ],
    ...officers.map((text): [string, string] => [say('mandates.officers'), text]),
    [say('mandates.issued'), new Date(document.issued * 1_000).toISOString().replace('.000Z', 'Z')],
    [say('mandates.lastDay'), say('mandates.zone', { day: document.not_after, zone: document.time_zone })],
    [say('mandates.authority'), document.issuer],
    [say('mandates.drafter'), person(document.drafter)],
    [say('mandates.approver'), person(document.approver)],
    [say('mandates.id'), document.id],
    [say('mandates.hash'), hash],
  ]
  const width = Math.max(...lines.map(([label]) => label.length))
  const text = lines.map(([label, value]) => `  ${label.padEnd(width)}  ${value}\n`).join('')
  return `${say('mandates.title', { country: nameCountry(document.country) })}\n${text}`
}
