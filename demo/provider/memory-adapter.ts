/** Where a login provider keeps sessions, logins in progress and codes: in memory, so that a restart ends them. */
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'

/** How many records a provider keeps. Beyond it, the oldest one is forgotten, so that nobody fills the memory with logins that never end. */
const MAX_RECORDS = 10_000

interface Kept {
  payload: AdapterPayload
  /** Milliseconds since 1970; infinite: it does not end. */
  readonly endsAt: number
}

/**
 * Creates a new memory, shared by all models of one provider.
 * @param now the clock, in milliseconds since 1970.
 * @returns the adapter of a model, as oidc-provider's setting `adapter` wants it.
 */
export function createMemoryAdapter(now: () => number = Date.now): (model: string) => Adapter {
  const records = new Map<string, Kept>()
  return (model) => createModelAdapter(records, model, now)
}

function createModelAdapter(records: Map<string, Kept>, model: string, now: () => number): Adapter {
  const keyOf = (id: string) => `${model}:${id}`
  const find = (matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined => {
    for (const [key, { payload, endsAt }] of records) {
      if (key.startsWith(`${model}:`) && endsAt > now() && matches(payload)) return payload
    }
    return undefined
  }
  return {
    upsert: async (id, payload, expiresIn) => {
      const endsAt = now() + (expiresIn ?? Number.POSITIVE_INFINITY) * 1000
      records.delete(keyOf(id))
      records.set(keyOf(id), { payload, endsAt })
      if (records.size > MAX_RECORDS) makeRoom(records, now())
    },
    find: async (id) => {
      const kept = records.get(keyOf(id))
      return kept !== undefined && kept.endsAt > now() ? kept.payload : undefined
    },
    findByUid: async (uid) => find((payload) => payload.uid === uid),
    findByUserCode: async (userCode) => find((payload) => payload.userCode === userCode),
    // The library looks and consumes in two steps. Of two requests with the same code, both may have looked before one consumes it.
    consume: async (id) => {
      const kept = records.get(keyOf(id))
      if (kept === undefined || kept.payload.consumed !== undefined) throw new errors.InvalidGrant('already consumed')
      kept.payload = { ...kept.payload, consumed: Math.floor(now() / 1000) }
    },
    destroy: async (id) => {
      records.delete(keyOf(id))
    },
    revokeByGrantId: async (grantId) => {
      for (const [key, { payload }] of records) {
        if (key.startsWith(`${model}:`) && payload.grantId === grantId) records.delete(key)
      }
    },
  }
}

/** Forgets what has ended, and then the oldest records. */
function makeRoom(records: Map<string, Kept>, now: number): void {
  for (const [key, { endsAt }] of records) if (endsAt <= now) records.delete(key)
  for (const key of records.keys()) {
    if (records.size <= MAX_RECORDS) return
    records.delete(key)
  }
}
