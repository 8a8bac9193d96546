/** What browsers must keep to with every answer of the console. */
import type { ConsoleSettings } from './settings.ts'

/** Powers of a browser that the console does not use, and that no part of it may ask for. */
const UNUSED_POWERS = [
  ...['accelerometer', 'autoplay', 'camera', 'display-capture', 'encrypted-media', 'geolocation', 'gyroscope'],
  ...['hid', 'idle-detection', 'local-fonts', 'magnetometer', 'microphone', 'midi', 'payment'],
  ...[
    'publickey-credentials-create',
    'publickey-credentials-get',
    'screen-wake-lock',
    'serial',
    'usb',
    'xr-spatial-tracking',
  ],
]

/** Two years: how long a browser remembers that this host speaks TLS, in seconds. */
const TLS_REMEMBERED_S = 63_072_000

/**
 * Lists the origins, besides its own, to which the console sends requests: the gateway's, that of the login provider's token endpoint, and
 * oversight's. A page that was taken over can send nothing anywhere else.
 */
export function listAskedOrigins({ gateway, oversight, provider }: ConsoleSettings): readonly string[] {
  const asked = [gateway, provider.tokenEndpoint, ...(oversight === null ? [] : [oversight.url])]
  return [...new Set(asked.map((address) => new URL(address).origin))]
}

/**
 * Writes the header `Link` of the page to which the login provider sends an officer back: the browser connects to the provider's token endpoint and to the
 * gateway while it still reads the page (resource hints, `preconnect`). It sends nothing there, and no cookie later.
 */
export function writeConnectAhead({ gateway, provider }: ConsoleSettings): string {
  const origins = new Set([provider.tokenEndpoint, gateway].map((address) => new URL(address).origin))
  return [...origins].map((origin) => `<${origin}>; rel=preconnect; crossorigin`).join(', ')
}

/**
 * Returns the headers of every answer: a policy without inline code and without `eval` (CSP 3), Trusted Types without a policy, no frame, no window of
 * another origin, nothing that another site may load.
 * @param origin the console's own origin.
 */
export function consoleHeaders(origin: string, settings: ConsoleSettings): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${["'self'", ...listAskedOrigins(settings)].join(' ')}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'permissions-policy': UNUSED_POWERS.map((power) => `${power}=()`).join(', '),
    // The address of a page may hold the id of a case or of a person.
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    // For browsers that do not know frame-ancestors.
    'x-frame-options': 'DENY',
    ...(origin.startsWith('https:') && { 'strict-transport-security': `max-age=${TLS_REMEMBERED_S}` }),
  }
}
