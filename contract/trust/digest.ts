import { hash } from 'node:crypto'

/** Computes SHA-256 of a text (in UTF-8) or of bytes: base64url without padding, 43 characters (docs/design/trust.md). */
export function sha256Url(data: string | Uint8Array): string {
  return hash('sha256', data, 'base64url')
}
