import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalBytes } from '../audit/log/canonical.ts'
import { openLog } from '../audit/log/log.ts'
import { parseSignerKey } from '../audit/note/key.ts'
import { readKeyFile } from '../audit/pseudonym/key-file.ts'
import { pseudonymOf } from '../audit/pseudonym/pseudonym.ts'
import { commitTo } from '../audit/salts/commitment.ts'
import { openSalts } from '../audit/salts/salts.ts'
import type { Caller, Grounds } from '../contract/access-token.ts'
import type { Entry, EntryOf } from '../contract/audit-log/entry.ts'
import { createMinuteCounts } from '../contract/audit-log/minute-counts.ts'
import { createUuidV7 } from '../contract/uuid-v7.ts'
import type { OversightSettings } from './config.ts'

/** How often counted refusals are written, in milliseconds. */
const TEND_EVERY_MS = 1_000

/** One reading, at its end. */
export interface Reading {
  readonly caller: Caller
  readonly grounds: Grounds | null
  /** Whose entries could be seen; null for all. */
  readonly country: string | null
  /** What was asked; null where it was refused before that was read. */
  readonly operation: Pick<NonNullable<EntryOf<'oversight'>['operation']>, 'name' | 'documentHash' | 'graph'> | null
  /** What the operation's hash leaves out, to be committed to. */
  readonly variables: unknown
  /** How many entries are shown. */
  readonly entries: number
}

/** The record of who reads the record. */
export interface OversightAuditLog {
  /** Resolves when the entry is durable: not before may the answer leave. */
  readonly note: (reading: Reading) => Promise<void>
  /** Counts a refusal before a caller was known. */
  readonly countRejection: (code: string) => void
  readonly close: () => Promise<void>
}

/** Opens it, and begins it with a `start` entry. Rejects where a file of it cannot be used, or another process has it. */
export async function openOversightAuditLog(
  { auditLog, auditLogKey, refKeys }: Pick<OversightSettings, 'auditLog' | 'auditLogKey' | 'refKeys'>,
  version: string,
  now: () => number,
): Promise<OversightAuditLog> {
  const signer = parseSignerKey((await readFile(auditLogKey, 'utf8')).trim())
  const keys = await readKeyFile(refKeys)
  const log = await openLog({ folder: join(auditLog, 'log'), signer })
  const salts = await openSalts(join(auditLog, 'salts'))
  const counts = createMinuteCounts()
  const base = () => {
    return { v: 1, id: createUuidV7(now()), time: new Date(now()).toISOString(), gateway: log.origin } as const
  }
  const append = async (entry: Entry): Promise<void> => void (await log.append(canonicalBytes(entry)))
  const repairs = [...new Set(log.repairs.map(({ kind }) => kind))]
  await append({ ...base(), kind: 'start', version, repairs })

  const tend = async (all: boolean): Promise<void> => {
    const taken = counts.take(now(), all)
    await Promise.all(taken.map((count) => append({ ...base(), kind: 'refusals', ...count }))).catch(() => {
      counts.putBack(taken)
    })
  }
  let tending: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    tending = tending.then(() => tend(false))
  }, TEND_EVERY_MS).unref()

  return {
    async note({ caller, grounds, country, operation, variables, entries }) {
      const entry = base()
      const salt = await salts.add(entry.id)
      const asked = operation && { ...operation, variables: commitTo(variables, salt), cost: null }
      await append({
        ...{ ...entry, kind: 'oversight', channel: 'GRAPHQL', country, entries, operation: asked },
        actor: actorOf(caller, pseudonymOf('actor', `${caller.issuer} ${caller.subject}`, keys)),
        grounds: {
          taskForce: label(caller.mandate?.task_force),
          purpose: grounds?.purpose ?? null,
          legalBasis: (grounds?.legalBasis ?? []).flatMap((basis) => label(basis) ?? []),
          caseRef: grounds?.case === undefined ? null : pseudonymOf('case', grounds.case, keys),
        },
      })
    },
    countRejection: (code) => counts.add(code, now()),
    async close() {
      clearInterval(timer)
      await tending
      await tend(true)
      await append({ ...base(), kind: 'stop' }).catch(() => undefined)
      await salts.close()
      await log.close()
    },
  }
}

function actorOf({ organisation, scopes, client, tokenId, assurance }: Caller, ref: string) {
  return {
    country: organisation?.country ?? null,
    agency: label(organisation?.agency),
    role: label(organisation?.role),
    scopes: scopes.flatMap((scope) => label(scope) ?? []),
    ref,
    client: label(client),
    tokenId: label(tokenId),
    assurance: label(assurance),
  }
}

function label(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text.slice(0, 200)
}
