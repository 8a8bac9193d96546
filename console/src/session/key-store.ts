import { createKeyPair, type KeyPair } from '../../../clients/session-key.ts'

/** The longest life of a session's key, in milliseconds: a working day (docs/design/trust.md, Who signs what). */
const MAX_AGE_MS = 8 * 60 * 60 * 1_000

const DATABASE = 'istmo-console'
const STORE = 'keys'
const NAME = 'session'

/** Keeps the session's key across reloads. The private part cannot be extracted, not even by the console. */
export interface KeyStore {
  /** Returns the key that is kept, or makes one if there is none, or if it is too old. */
  keep(): Promise<KeyPair>
  /** Forgets the key. */
  drop(): Promise<void>
}

interface KeptKey {
  readonly pair: KeyPair
  readonly madeMs: number
}

/** Keeps the key in IndexedDB, which can hold the handle of a key without its bytes. Who asks while another asks gets the same key. */
export function openKeyStore(now: () => number = Date.now): KeyStore {
  const keep = async (): Promise<KeyPair> => {
    const kept = (await run('readonly', (store) => store.get(NAME))) as KeptKey | undefined
    if (kept !== undefined && now() - kept.madeMs < MAX_AGE_MS && kept.madeMs <= now()) return kept.pair
    const pair = await createKeyPair()
    await run('readwrite', (store) => store.put({ pair, madeMs: now() } satisfies KeptKey, NAME))
    return pair
  }
  let keeping: Promise<KeyPair> | null = null
  return {
    keep() {
      keeping ??= keep().finally(() => {
        keeping = null
      })
      return keeping
    },
    async drop() {
      await run('readwrite', (store) => store.delete(NAME))
    },
  }
}

async function run(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  const opening = indexedDB.open(DATABASE, 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE)
  const database = (await settle(opening)) as IDBDatabase
  try {
    return await settle(act(database.transaction(STORE, mode).objectStore(STORE)))
  } finally {
    database.close()
  }
}

function settle(request: IDBRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('expected the browser’s storage of keys to answer'))
  })
}
