/** The line below the token: who it is for, and until when. The page only shows what the token says; the gateway checks it. */
import { language, nameCountry, texts } from './texts.js'

/** Words what a token says of its bearer. @returns the sentence, and whether the token can be used. */
export function wordBearer(token, now = Date.now()) {
  if (token === '') return { text: texts.noToken, isUsable: true }
  const claims = readClaims(token)
  if (claims === null) return { text: texts.notJwt, isUsable: false }
  const until = new Date(claims.exp * 1000)
  const hour = until.toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit' })
  const isUsable = until.getTime() > now
  return { text: (isUsable ? texts.bearer : texts.expired)(wordPerson(claims), hour), isUsable }
}

function wordPerson({ org = {} }) {
  const { country, agency, role } = org
  const person = role && agency ? texts.role(role, agency) : (role ?? agency ?? texts.somebody)
  return country ? `${person} (${nameCountry(country)})` : person
}

function readClaims(token) {
  try {
    const [, payload] = token.split('.')
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, '+').replace(/_/g, '/')), (one) => one.charCodeAt(0))
    const claims = JSON.parse(new TextDecoder().decode(bytes))
    return Number.isFinite(claims?.exp) ? claims : null
  } catch {
    return null
  }
}
