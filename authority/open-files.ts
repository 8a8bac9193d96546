import { readClients, readProviders } from './settings/files.ts'
import { type RevealPins, readRevealPins } from './settings/reveal-settings.ts'
import type { AuthoritySettings } from './settings/settings.ts'
import { createProviderTokenReader } from './tokens/officer.ts'

/** The files of clients, login providers and keys to reveal officers, which may be read again. */
export interface AuthorityFiles {
  readonly clients: () => Awaited<ReturnType<typeof readClients>>
  readonly providers: () => Awaited<ReturnType<typeof readProviders>>
  readonly readProviderToken: Awaited<ReturnType<typeof createProviderTokenReader>>
  /** Returns the keys by which officers are revealed; null without `reveal` in the settings. */
  readonly revealPins: () => RevealPins | null
  readonly reload: () => Promise<void>
}

/**
 * Reads the files of clients, login providers and keys to reveal officers. `reload` reads them again, and rejects and keeps what it has if one of them is wrong.
 * @param now returns milliseconds since the epoch.
 * @throws {ConfigError} if a file is wrong. @throws {Error} if a key set of a provider cannot be used.
 */
export async function openAuthorityFiles(settings: AuthoritySettings, now: () => number): Promise<AuthorityFiles> {
  const read = async () => {
    const clients = await readClients(settings.clients)
    const providers = await readProviders(settings.providers, settings.country)
    const revealPins = await readRevealPins(settings.reveal)
    return { clients, providers, revealPins, readToken: await createProviderTokenReader(providers, settings, { now }) }
  }
  let current = await read()
  return {
    clients: () => current.clients,
    providers: () => current.providers,
    revealPins: () => current.revealPins,
    readProviderToken: (token) => current.readToken(token),
    async reload() {
      current = await read()
    },
  }
}
