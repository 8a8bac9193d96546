/** The page's words in its two languages, and the language of the reader. */

const TEXTS = {
  en: {
    token: 'Access token',
    connect: 'Connect',
    noToken: 'Without a token you see the public law.',
    notJwt: 'This is not an access token. An access token is a JWT: three parts with dots between them.',
    bearer: (who, until) => `The token is for ${who}, until ${until}.`,
    expired: (who, until) => `The token was for ${who}, and it expired at ${until}. Get a new one.`,
    somebody: 'somebody',
    role: (role, agency) => `${role} of ${agency}`,
    answered: (countries) => `Answered: ${countries}.`,
    partly: (country, code) => `${country} answered in part (${code}).`,
    missing: (country, reason, codes) => `${country} ${reason} (${codes}).`,
    nobody: 'No country was asked.',
    errors: (count) => (count === 1 ? 'The answer has 1 error.' : `The answer has ${count} errors.`),
    reach: {
      DENIED: 'denied its part',
      NOT_PUBLISHED: 'does not publish this',
      TIMED_OUT: 'did not answer in time',
      UNAVAILABLE: 'could not answer',
    },
    editors: { query: 'Query', variables: 'Variables', headers: 'Headers', response: 'Answer' },
  },
  es: {
    token: 'Token de acceso',
    connect: 'Conectar',
    noToken: 'Sin token se ve la ley pública.',
    notJwt: 'Esto no es un token de acceso. Un token de acceso es un JWT, que tiene tres partes separadas por puntos.',
    bearer: (who, until) => `El token es de ${who}, hasta las ${until}.`,
    expired: (who, until) => `El token era de ${who}, y venció a las ${until}. Pida uno nuevo.`,
    somebody: 'alguien',
    role: (role, agency) => `${role} de ${agency}`,
    answered: (countries) => `Respondieron: ${countries}.`,
    partly: (country, code) => `${country} respondió en parte (${code}).`,
    missing: (country, reason, codes) => `${country} ${reason} (${codes}).`,
    nobody: 'No se consultó a ningún país.',
    errors: (count) => (count === 1 ? 'La respuesta tiene 1 error.' : `La respuesta tiene ${count} errores.`),
    reach: {
      DENIED: 'negó su parte',
      NOT_PUBLISHED: 'no publica esto',
      TIMED_OUT: 'no respondió a tiempo',
      UNAVAILABLE: 'no pudo responder',
    },
    editors: { query: 'Consulta', variables: 'Variables', headers: 'Encabezados', response: 'Respuesta' },
  },
}

/** The first language of the browser that the page has; English if it has none of them. */
export const language = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag in TEXTS) ?? 'en'

/** The words in the reader's language. */
export const texts = TEXTS[language]

const regions = new Intl.DisplayNames([language], { type: 'region' })

/** Returns a country's name in the reader's language. */
export function nameCountry(code) {
  return code === 'UN' ? (language === 'es' ? 'ONU' : 'UN') : (regions.of(code) ?? code)
}
