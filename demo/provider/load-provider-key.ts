import { join } from 'node:path'
import type { Home } from '../home.ts'
import { loadKey, type PrivateJwk } from '../keys.ts'

/** Reads the key with which the login provider of `country` signs, and makes it if there is none. */
export function loadProviderKey({ providers }: Pick<Home, 'providers'>, country: string): Promise<PrivateJwk> {
  return loadKey(join(providers, `${country}.jwk.json`))
}
