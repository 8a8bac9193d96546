import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { print } from 'graphql'
import type { Logger } from 'pino'
import { createKeeper } from '../../../audit/content-store/content-store.ts'
import { canonicalBytes } from '../../../audit/log/canonical.ts'
import { hasRoom } from '../../../audit/log/disk.ts'
import { type Log, openLog } from '../../../audit/log/log.ts'
import { parseSignerKey } from '../../../audit/note/key.ts'
import { formatTlogProof, parseTlogProof } from '../../../audit/note/tlog-proof.ts'
import { readKeyFile } from '../../../audit/pseudonym/key-file.ts'
import type { Entry } from '../../../contract/audit-log/entry.ts'
import { createMinuteCounts } from '../../../contract/audit-log/minute-counts.ts'
import type { Domain } from '../../../contract/domain.ts'
import { formatReceiptHeader } from '../../../contract/receipt.ts'
import { createUuidV7 } from '../../../contract/uuid-v7.ts'
import type { CountryRules } from '../rules.ts'
import { type EndedLeg, type LegSources, legEntries } from './leg-entries.ts'

/** How often counted refusals are written, and a log that failed is tried again, in milliseconds. */
const TEND_EVERY_MS = 1_000

/** Where a node's record is, and its keys. */
export interface NodeAuditLogFiles {
  /** Made where there is none: `log` and `kept` below it. */
  readonly folder: string
  /** File with the signer key of the log's checkpoints; its name is the log's origin. */
  readonly key: string
  /** File with the keys of the country's pseudonyms: whoever has them can tell whose records were seen. */
  readonly refKeys: string
}

/** A country's own record of the legs that it was asked. */
export interface NodeAuditLog {
  /** Writes a leg, and gives the value of its header `Istmo-Receipt` once it is durable. Rejects where it cannot be written. */
  readonly leg: (leg: EndedLeg) => Promise<string>
  /** Counts a refusal before a token held. */
  readonly countRejection: (code: string) => void
  /** Whether an entry could be written a moment ago, and the disk has room. */
  readonly isReady: () => Promise<boolean>
  readonly close: () => Promise<void>
}

/** What a node's record is opened with. */
export interface NodeAuditLogOptions {
  readonly files: NodeAuditLogFiles
  readonly country: string
  readonly domains: readonly Domain[]
  readonly rules: CountryRules
  readonly log: Logger
  readonly now?: () => number
}

/**
 * Opens a node's record, and begins it with a `node-start` entry.
 * @throws {Error} where a file of it cannot be used, another process has the folder, or the log does not add up.
 */
export async function openNodeAuditLog({
  files,
  now = Date.now,
  ...options
}: NodeAuditLogOptions): Promise<NodeAuditLog> {
  const { country, domains, log } = options
  const signer = parseSignerKey((await readFile(files.key, 'utf8')).trim())
  const keys = await readKeyFile(files.refKeys)
  const entries = await openLog({ folder: join(files.folder, 'log'), signer })
  const rules = await keepRules(join(files.folder, 'kept'), options.rules)
  const sources = { node: entries.origin, country, keys, rules }
  const repairs = [...new Set(entries.repairs.map(({ kind }) => kind))]
  await entries.append(
    canonicalBytes({ ...newBase(sources.node, now()), kind: 'node-start', country, domains, ...rules, repairs }),
  )
  return createNodeAuditLog({ entries, sources, folder: files.folder, log, now })
}

interface Parts {
  readonly entries: Log
  readonly sources: Omit<LegSources, 'now'>
  readonly folder: string
  readonly log: Logger
  readonly now: () => number
}

function createNodeAuditLog({ entries, sources, folder, log, now }: Parts): NodeAuditLog {
  const { node, country } = sources
  const counts = createMinuteCounts()
  let isWritable = true

  const append = (entry: Entry) => entries.append(canonicalBytes(entry))
  const fail = (error: unknown): void => {
    if (!isWritable) return
    isWritable = false
    // Something to write, once it can be again.
    counts.add('RECORD_UNAVAILABLE', now())
    log.error(
      { code: (error as { code?: unknown }).code },
      'the record cannot be written; no leg is answered until it can',
    )
  }
  const tend = async (all: boolean): Promise<void> => {
    const taken = counts.take(now(), all || !isWritable)
    try {
      await Promise.all(
        taken.map((count) => append({ ...newBase(node, now()), kind: 'node-refusals', country, ...count })),
      )
      isWritable = true
    } catch (error) {
      counts.putBack(taken)
      fail(error)
    }
  }
  let tending: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    tending = tending.then(() => tend(false))
  }, TEND_EVERY_MS).unref()

  return {
    async leg(leg) {
      // Outside: an entry that has no form is a fault of ours, and no reason to stop every leg.
      const written = legEntries(leg, { ...sources, now: now() }).map(canonicalBytes)
      try {
        const receipts = await Promise.all(written.map(entries.append))
        const extra = written.at(-1) ?? new Uint8Array()
        const proof = parseTlogProof((await receipts.at(-1)?.proof()) ?? '')
        return formatReceiptHeader(formatTlogProof({ ...proof, extra }))
      } catch (error) {
        fail(error)
        throw error
      }
    },
    countRejection: (code) => counts.add(code, now()),
    isReady: async () => isWritable && (await hasRoom(folder).catch(() => false)),
    async close() {
      clearInterval(timer)
      await tending
      await tend(true)
      await append({ ...newBase(node, now()), kind: 'node-stop', country }).catch(() => undefined)
      await entries.close()
    },
  }
}

function newBase(node: string, now: number) {
  return { v: 1, id: createUuidV7(now), time: new Date(now).toISOString(), node } as const
}

/** Keeps the rules by their hash: the same rules at the gateway have the same one there. */
async function keepRules(folder: string, { access, sdl }: CountryRules): Promise<LegSources['rules']> {
  const keep = await createKeeper(folder)
  const { country, taskForces, policies } = access
  const hashes: { [domain: string]: string } = {}
  for (const [domain, document] of sdl) hashes[domain] = await keep(print(document))
  const document = { country, taskForces, policySet: policies.version, sdl: hashes }
  await keep(policies.text)
  return { access: await keep(Buffer.from(canonicalBytes(document)).toString('utf8')), policySet: policies.version }
}
