import type { AskedAddress } from '../../service/dangers.ts'
import type { ConsoleSettings } from './settings.ts'

/** Lists the addresses to which a console sends officers' tokens and questions. */
export function listConsoleAddresses({ gateway, oversight, provider }: ConsoleSettings): readonly AskedAddress[] {
  return [
    { use: 'console.gateway', url: gateway },
    { use: 'console.provider.authorizationEndpoint', url: provider.authorizationEndpoint },
    { use: 'console.provider.tokenEndpoint', url: provider.tokenEndpoint },
    ...(oversight === null ? [] : [{ use: 'console.oversight', url: oversight.url }]),
  ]
}
