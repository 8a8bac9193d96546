import { createProviderTokenReader } from '../tokens/provider-token.ts'
import { readClients } from './clients-file.ts'
import { readProviders } from './providers-file.ts'
import type { AuthoritySettings } from './settings.ts'

/** The files of clients and login providers, which may be read again. */
export interface AuthorityFiles {
  readonly clients: () => Awaited<ReturnType<typeof readClients>>
  readonly providers: () => Awaited<ReturnType<typeof readProviders>>
  readonly readProviderToken: Awaited<ReturnType<typeof createProviderTokenReader>>
  readonly reload: () => Promise<void>
}

/**
 * Reads the files of clients and login providers. `reload` reads them again, and rejects and keeps what it has if one of them is wrong.
 * @param now returns milliseconds since the epoch.
 * @throws {ConfigError} if a file is wrong. @throws {Error} if a key set of a provider cannot be used.
 */
export async function openAuthorityFiles(settings: AuthoritySettings, now: () => number): Promise<AuthorityFiles> {
  const read = async () => {
    const clients = await readClients(settings.clients)
    const providers = await readProviders(settings.providers, settings.country)
    return { clients, providers, readToken: await createProviderTokenReader(providers, settings.country, { now }) }
  }
  let current = await read()
  return {
    clients: () => current.clients,
    providers: () => current.providers,
    readProviderToken: (token) => current.readToken(token),
    async reload() {
      current = await read()
    },
  }
}
