import type { Language } from '../language.ts'

/** What an error says of a token, or of a proof of its key. `../error-details.ts` says what the texts may hold. */
export const TOKEN_DETAILS = {
  AUTHORIZATION_TWICE: {
    en: 'expected one Authorization header; came several',
    es: 'se esperaba un solo encabezado Authorization; llegaron varios',
  },
  AUTHORIZATION_FORM: {
    en: 'expected `Authorization: Bearer <token>` or `Authorization: DPoP <token>`',
    es: 'se esperaba `Authorization: Bearer <token>` o `Authorization: DPoP <token>`',
  },
  TOKEN_LENGTH: {
    en: 'expected at most {most} characters; came {came}',
    es: 'se admiten como máximo {most} caracteres; llegaron {came}',
  },
  TOKEN_FORM: {
    en: 'expected a signed JWT in compact form',
    es: 'se esperaba un JWT firmado en forma compacta',
  },
  TOKEN_HEADER_NOT_JSON: {
    en: 'expected the header to be a JSON object without duplicate members',
    es: 'el encabezado del token debe ser un objeto JSON sin miembros repetidos',
  },
  TOKEN_CLAIMS_NOT_JSON: {
    en: 'expected the claims to be a JSON object without duplicate members',
    es: 'los datos del token deben ser un objeto JSON sin miembros repetidos',
  },
  TOKEN_ISSUER: {
    en: '`iss` is not an issuer that this gateway knows',
    es: '`iss` no es un emisor que esta pasarela conozca',
  },
  TOKEN_ALGORITHM: {
    en: 'expected `alg` to be one of {algorithms}',
    es: '`alg` debe ser uno de {algorithms}',
  },
  TOKEN_TYPE: {
    en: 'expected `typ` to be {type}',
    es: '`typ` debe ser {type}',
  },
  TOKEN_EXTENSIONS: {
    en: 'expected no `crit` and no `b64` header',
    es: 'no se admiten los encabezados `crit` y `b64`',
  },
  TOKEN_AUDIENCE: {
    en: '`aud` does not name this gateway',
    es: '`aud` no nombra esta pasarela',
  },
  TOKEN_SIGNATURE: {
    en: 'the signature is not valid',
    es: 'la firma no es válida',
  },
  TOKEN_KEY: {
    en: 'no key of the issuer matches the token’s header',
    es: 'ninguna clave del emisor corresponde al encabezado del token',
  },
  TOKEN_KEY_WEAK: {
    en: 'expected an RSA key with a public exponent of at least 65537; the issuer published another',
    es: 'se esperaba una clave RSA con exponente público de 65537 o más; el emisor publicó otra',
  },
  TOKEN_TIME_AHEAD: {
    en: '`{claim}` is in the future',
    es: '`{claim}` está en el futuro',
  },
  TOKEN_LIFETIME: {
    en: 'expected a lifetime of at most {most} s from `iat` to `exp`',
    es: 'el token puede durar como máximo {most} s desde `iat` hasta `exp`',
  },
  TOKEN_COUNTRY: {
    en: '`{claim}` is not the country that the issuer speaks for',
    es: '`{claim}` no es el país por el que habla el emisor',
  },
  TOKEN_MANDATES: {
    en: 'expected one `istmo_mandate`; came several',
    es: 'se esperaba un solo `istmo_mandate`; llegaron varios',
  },
  TOKEN_CLAIM: {
    en: 'claim `{claim}` is missing or malformed',
    es: 'falta el dato `{claim}`, o tiene otra forma',
  },
  TOKEN_MANDATE_CLAIM: {
    en: 'claim `{claim}` with an `istmo_mandate` is missing or malformed',
    es: 'falta el dato `{claim}` con un `istmo_mandate`, o tiene otra forma',
  },
  TOKEN_NOT_BOUND: {
    en: 'expected a token with `cnf.jkt` under the scheme DPoP',
    es: 'con el esquema DPoP se espera un token con `cnf.jkt`',
  },
  PROOF_CERTIFICATE: {
    en: 'expected a TLS connection with the client certificate of the token',
    es: 'se esperaba una conexión TLS con el certificado de cliente del token',
  },
  PROOF_SCHEME: {
    en: 'expected `Authorization: DPoP <token>` and a proof',
    es: 'se esperaba `Authorization: DPoP <token>` y una prueba',
  },
  PROOF_METHOD: {
    en: 'expected `htm` to be the method of the request',
    es: '`htm` debe ser el método de la solicitud',
  },
  PROOF_ADDRESS: {
    en: 'expected `htu` to be the address of the request, as --public-url says it',
    es: '`htu` debe ser la dirección de la solicitud, como la indica --public-url',
  },
  PROOF_TIME: {
    en: 'expected `iat` to be now, and at most {most} s ago',
    es: '`iat` debe ser ahora, o hace {most} s como máximo',
  },
  PROOF_TOKEN: {
    en: 'expected `ath` to be the SHA-256 of the token',
    es: '`ath` debe ser el SHA-256 del token',
  },
  PROOF_KEY: {
    en: 'expected the key that the token is bound to',
    es: 'se esperaba la clave a la que está ligado el token',
  },
  PROOF_USED: {
    en: 'expected a proof that was not used before',
    es: 'se esperaba una prueba que no se hubiera usado antes',
  },
  PROOF_FORM: {
    en: 'expected one DPoP header with a signed JWT in compact form',
    es: 'se esperaba un solo encabezado DPoP con un JWT firmado en forma compacta',
  },
  PROOF_NOT_JSON: {
    en: 'expected JSON objects without duplicate members',
    es: 'se esperaban objetos JSON sin miembros repetidos',
  },
  PROOF_MEMBER: {
    en: 'expected a well-formed `{member}`',
    es: 'se esperaba `{member}` en la forma debida',
  },
  PROOF_SIGNATURE: {
    en: 'expected a valid signature',
    es: 'se esperaba una firma válida',
  },
} as const satisfies Record<string, Readonly<Record<Language, string>>>
