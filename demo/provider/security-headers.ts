import type { ServerResponse } from 'node:http'

/**
 * Sets what browsers must keep to on every answer of the login provider: no script, no frame around a page, nothing from elsewhere.
 * @param redirectUris where a login may end. Browsers hold the redirects after a form to the policy of the page with the form.
 */
export function setSecurityHeaders(response: ServerResponse, redirectUris: readonly string[]): void {
  const ends = new Set(redirectUris.map((uri) => new URL(uri).origin))
  const policy = [
    ...["default-src 'none'", "style-src 'self'", `form-action 'self' ${[...ends].join(' ')}`.trimEnd()],
    ...["frame-ancestors 'none'", "base-uri 'none'"],
  ]
  const headers = {
    'content-security-policy': policy.join('; '),
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    // The address of a login page has the id of the login, and the one after it has the code.
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
  }
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
}
