import { hash } from 'node:crypto'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { type Log, openLogOn } from '../../audit/log/log.ts'
import { createMemoryStorage, newSigner } from '../../audit/log/testing.ts'
import { parseNote, signText } from '../../audit/note/note.ts'
import { readEntries } from '../../audit/verify/read-log.ts'
import type { LogSource } from '../../audit/verify/source.ts'
import { type Entry, parseEntry } from '../../contract/audit-log/entry.ts'
import type { MandateDocument } from '../../contract/trust/mandate-document.ts'
import { type PersonalPrivateKey, thumbprintOf } from '../../contract/trust/personal-jws.ts'
import { ISSUED_S, newPersonalKey, SAMPLE_MANDATE } from '../../contract/trust/testing.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import type { ActingPerson, MandateSettings, MandatesOptions } from './acts.ts'
import { type MandatesOfLog, openMandates } from './mandates.ts'

/** An authority's mandates on a real log in memory, for tests. */

export const ISSUER = SAMPLE_MANDATE.issuer
const PROVIDER = 'https://login.gt.example'
export const DRAFTING = { agency: 'GT-MP', role: 'coordinator' }
export const APPROVING = { agency: 'GT-MP', role: 'head' }
export const OFFICER_POST = { agency: 'GT-MP-FECO', role: 'prosecutor' }

/** A person of the test, with a key. */
export interface TestPerson extends ActingPerson {
  readonly key: PersonalPrivateKey
  readonly kid: string
}

/** Makes a person. */
export async function newPerson(subject: string, post: { agency: string; role: string }): Promise<TestPerson> {
  const key = newPersonalKey()
  return { issuer: PROVIDER, subject, ...post, key, kid: await thumbprintOf(key) }
}

/** What survives a restart: the log's files, the kept texts and the salts. */
export interface Disk {
  readonly files: Map<string, Uint8Array>
  readonly kept: Map<string, string>
  readonly salts: Map<string, Uint8Array | null>
}

const signer = newSigner('authority.gt.example')
/** The witness of each country. */
export const WITNESSES = {
  HN: newSigner('witness.hn.example', 'cosignature'),
  SV: newSigner('w.sv.example', 'cosignature'),
}
export const LOG_KEY = signer.verifier

/** Makes an empty disk. */
export function newDisk(): Disk {
  return { files: new Map(), kept: new Map(), salts: new Map() }
}

/** A running authority's mandates. */
export interface Running {
  readonly mandates: MandatesOfLog
  /** Lets witnesses cosign what the log has. */
  readonly cosign: (by?: readonly (keyof typeof WITNESSES)[]) => Promise<void>
  readonly entries: () => Promise<readonly Entry[]>
  /** The next append fails. */
  readonly breakDisk: () => void
  readonly damaged: readonly string[]
  readonly stop: () => Promise<void>
}

/** Starts an authority on a disk. */
export async function start(
  disk: Disk,
  {
    approvers,
    now,
    suspended = new Set(),
  }: {
    readonly approvers: readonly TestPerson[]
    readonly now: () => number
    readonly suspended?: ReadonlySet<string>
  },
): Promise<Running> {
  const log = await openLogOn(createMemoryStorage(disk.files), { signer, publishAfterMs: 1_000_000 })
  const source: LogSource = { name: 'memory', read: async (path) => disk.files.get(path) }
  const damaged: string[] = []
  const broken = { is: false }
  async function* read(from: number) {
    await log.publish()
    for await (const { index, bytes } of readEntries(source, log.published().size, from))
      yield { index, entry: parseEntry(bytes) }
  }
  const settings: MandateSettings = {
    ...{ issuer: ISSUER, country: 'GT', drafters: [DRAFTING], approvers: [APPROVING] },
    approverKeys: new Set(approvers.map(({ kid }) => kid)),
  }
  const mandates = await openMandates({
    settings,
    recorder: {
      append: createAppend(log, disk, broken),
      newBase: () => ({ v: 1, id: createUuidV7(now()), time: new Date(now()).toISOString() }),
      keep: async (text) => {
        const name = hash('sha256', text)
        disk.kept.set(name, text)
        return name
      },
    },
    origin: signer.verifier.name,
    read,
    readKept: async (name) => disk.kept.get(name),
    findSalt: async (id) => {
      const salt = disk.salts.get(id)
      if (salt === undefined) return { kind: 'UNKNOWN' }
      return salt === null ? { kind: 'ERASED' } : { kind: 'KEPT', salt }
    },
    proofs: {
      source,
      log: signer.verifier,
      witnessesOf: (country) =>
        Object.entries(WITNESSES).flatMap(([code, { verifier }]) => (code === country ? [verifier] : [])),
    },
    isKeySuspended: (kid) => suspended.has(kid),
    now,
    onDamaged: (mandate) => void damaged.push(mandate),
  })
  const parts = { log, read, broken, damaged }
  return { mandates, ...createHandles(parts) }
}

interface HandleParts {
  readonly log: Log
  readonly read: (from: number) => AsyncIterable<{ readonly index: number; readonly entry: Entry }>
  readonly broken: { is: boolean }
  readonly damaged: readonly string[]
}

function createHandles({ log, read, broken, damaged }: HandleParts): Omit<Running, 'mandates'> {
  return {
    async cosign(by = ['HN', 'SV']) {
      await log.publish()
      const { note } = log.published()
      await log.addCosignatures(
        note,
        by.map((code) => signText(parseNote(note).text, WITNESSES[code])),
      )
    },
    async entries() {
      const found: Entry[] = []
      for await (const { entry } of read(0)) found.push(entry)
      return found
    },
    breakDisk: () => {
      broken.is = true
    },
    damaged,
    stop: () => log.close(),
  }
}

function createAppend(log: Log, disk: Disk, broken: { is: boolean }): MandatesOptions['recorder']['append'] {
  return async (entries, salts = []) => {
    if (broken.is) {
      broken.is = false
      throw new Error('no space left on device')
    }
    for (const { id, salt } of salts) disk.salts.set(id, salt)
    return Promise.all(
      entries.map(async (entry) => {
        const bytes = canonicalBytes(parseEntry(canonicalBytes(entry)))
        return { bytes, receipt: await log.append(bytes) }
      }),
    )
  }
}

/** Makes a mandate of persons whose hashes the authority gave. */
export function documentOf(
  hashes: { readonly drafter: string; readonly approver: string },
  over: Partial<MandateDocument> = {},
): MandateDocument {
  const id = createUuidV7(ISSUED_S * 1_000)
  return { ...SAMPLE_MANDATE, id, officers: [OFFICER_POST], ...hashes, ...over }
}
