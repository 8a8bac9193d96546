/** What the console is told before anybody signs in: `/console/config.json`. It holds no secret. */
import { EXPORTS_PATH, MANDATES_PATH, POLICIES_PATH, REDIRECT_PATH } from './paths.ts'
import type { ConsoleSettings } from './settings.ts'

/** What {@link describeConsole} works with. */
export interface DescribedConsole {
  readonly settings: ConsoleSettings
  /** The console's own origin. */
  readonly origin: string
  /** The name of the authority, and the country that it speaks for. */
  readonly authority: string
  readonly country: string
  /** The path of the token endpoint at the console's origin. */
  readonly tokenPath: string
  readonly isDevelopment: boolean
}

/** Describes a console for its pages. */
export function describeConsole(parts: DescribedConsole): Readonly<Record<string, unknown>> {
  const { settings, origin, authority, country, tokenPath, isDevelopment } = parts
  const { provider, client, gateway, oversight, languages } = settings
  const { client: clientId, ...endpoints } = provider
  return {
    version: 1,
    country,
    gateway,
    languages,
    development: isDevelopment,
    redirectPath: REDIRECT_PATH,
    authority: {
      issuer: authority,
      tokenEndpoint: `${origin}${tokenPath}`,
      mandatesEndpoint: `${origin}${MANDATES_PATH}`,
      clientId: client,
    },
    exports: { url: `${origin}${EXPORTS_PATH}` },
    provider: { ...endpoints, clientId },
    oversight: oversight === null ? null : describeOversight(oversight),
  }
}

function describeOversight({ url, audience, trustPolicies }: NonNullable<ConsoleSettings['oversight']>): object {
  return {
    url,
    audience: audience ?? new URL(url).origin,
    trustPolicy: trustPolicies.map((_, index) => `${POLICIES_PATH}${index}`),
  }
}
