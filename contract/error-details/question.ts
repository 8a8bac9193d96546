import type { Language } from '../language.ts'

/** What an error says of a signed question and of its statement. `../error-details.ts` says what the texts may hold. */
export const QUESTION_DETAILS = {
  QUESTION_NOT_BOUND: {
    en: 'expected an access token that is bound to the key of the statement (`cnf.jkt`); came none',
    es: 'se esperaba un token de acceso ligado a la clave de la pregunta firmada (`cnf.jkt`); no llegó ninguno',
  },
  QUESTION_HEADER_TWICE: {
    en: 'expected one header Istmo-Question; came several',
    es: 'se esperaba un solo encabezado Istmo-Question; llegaron varios',
  },
  QUESTION_TWICE: {
    en: 'expected the statement in the header or in `extensions.istmo.question`; came both',
    es: 'la pregunta firmada va en el encabezado o en `extensions.istmo.question`; llegó en ambos',
  },
  QUESTION_LENGTH: {
    en: 'expected at most {most} characters in the header; came {came}. Put the statement into the body: `extensions.istmo.question`',
    es: 'el encabezado admite como máximo {most} caracteres; llegaron {came}. Ponga la pregunta firmada en el cuerpo: `extensions.istmo.question`',
  },
  QUESTION_NOT_TEXT: {
    en: 'expected `extensions.istmo.question` to be a text',
    es: '`extensions.istmo.question` debe ser un texto',
  },
  QUESTION_HIDDEN: {
    en: 'expected a disclosure for each digest; came {came} digests without one',
    es: 'se esperaba el valor de cada resumen; llegaron {came} resúmenes sin valor',
  },
  QUESTION_METHOD: {
    en: 'expected the method POST',
    es: 'se esperaba el método POST',
  },
  QUESTION_MANDATE: {
    en: 'expected Istmo-Mandate to say the same as the statement; leave it out',
    es: 'Istmo-Mandate debe decir lo mismo que la pregunta firmada; quítelo',
  },
  SIGNED_TEXT: {
    en: 'a signed document has no text of its own, because each country sees the whole document; put the text at line {line}, column {column} into a variable',
    es: 'un documento firmado no tiene textos propios, porque cada país ve el documento entero; ponga el texto de la línea {line}, columna {column}, en una variable',
  },
  SIGNED_NUMBER: {
    en: 'a signed document has no number of its own, because each country sees the whole document; put the number at line {line}, column {column} into a variable',
    es: 'un documento firmado no tiene números propios, porque cada país ve el documento entero; ponga el número de la línea {line}, columna {column}, en una variable',
  },
  SIGNED_VARIABLE: {
    en: 'a signed question states each variable of its operation, so that no country takes a hidden value for an absent one; state {name}, as null if there is no value',
    es: 'una pregunta firmada declara cada variable de su operación, para que ningún país tome un valor oculto por ausente; declare {name}, como null si no tiene valor',
  },
  STATEMENT_LENGTH: {
    en: 'expected at most {most} characters; came {came}',
    es: 'la pregunta firmada admite como máximo {most} caracteres; llegaron {came}',
  },
  STATEMENT_FUTURE: {
    en: 'expected `iat` to be now; came one {seconds} s in the future',
    es: '`iat` debe ser la hora actual; llegó una de {seconds} s en el futuro',
  },
  STATEMENT_OLD: {
    en: 'expected `iat` at most {most} s ago; came {seconds} s',
    es: '`iat` puede ser de hace {most} s como máximo; llegó una de hace {seconds} s',
  },
  STATEMENT_AUDIENCE: {
    en: 'expected `aud` to be the gateway’s address',
    es: '`aud` debe ser la dirección de la pasarela',
  },
  STATEMENT_FORM: {
    en: 'expected a JWT of three parts',
    es: 'se esperaba un JWT de tres partes',
  },
  STATEMENT_KEY_KIND: {
    en: 'expected ES256 with a key of P-256, or EdDSA with a key of Ed25519',
    es: 'se esperaba ES256 con una clave de P-256, o EdDSA con una clave de Ed25519',
  },
  STATEMENT_SIGNATURE: {
    en: 'expected a signature that the key in the header made',
    es: 'se esperaba una firma hecha con la clave del encabezado',
  },
  STATEMENT_KEY_POINT: {
    en: 'expected a key whose point is on its curve, and of full order',
    es: 'se esperaba una clave cuyo punto está en su curva y es de orden completo',
  },
  STATEMENT_HEADER_NOT_JSON: {
    en: 'expected the header to be a JSON object without duplicate members',
    es: 'el encabezado de la pregunta firmada debe ser un objeto JSON sin miembros repetidos',
  },
  STATEMENT_HEADER_MEMBERS: {
    en: 'expected no other members in the header',
    es: 'el encabezado de la pregunta firmada no puede tener otros miembros',
  },
  STATEMENT_HEADER_MEMBER: {
    en: 'expected a well-formed `{member}` in the header',
    es: '`{member}` del encabezado de la pregunta firmada no tiene la forma debida',
  },
  STATEMENT_CLAIMS_NOT_JSON: {
    en: 'expected the claims to be a JSON object without duplicate members',
    es: 'los datos de la pregunta firmada deben ser un objeto JSON sin miembros repetidos',
  },
  STATEMENT_CLAIMS_MEMBERS: {
    en: 'expected no other members in the claims',
    es: 'los datos de la pregunta firmada no pueden tener otros miembros',
  },
  STATEMENT_CLAIMS_MEMBER: {
    en: 'expected a well-formed `{member}` in the claims',
    es: '`{member}` de los datos de la pregunta firmada no tiene la forma debida',
  },
  STATEMENT_NESTED_DIGESTS: {
    en: 'expected no digests inside a disclosed value',
    es: 'un valor mostrado no puede tener resúmenes dentro',
  },
  STATEMENT_CASE: {
    en: 'expected only `case` to be disclosed at the top, as a record id',
    es: 'en el nivel superior solo se puede mostrar `case`, como identificador de registro',
  },
  STATEMENT_COUNTRY_TWICE: {
    en: 'expected each country once; one came twice',
    es: 'cada país se admite una sola vez; uno llegó dos veces',
  },
  STATEMENT_COUNTRY: {
    en: 'expected each disclosed country to be a code or `*`',
    es: 'cada país mostrado debe ser un código o `*`',
  },
  STATEMENT_KEY: {
    en: 'expected the key of the statement to be the one that the access token is bound to (`cnf.jkt`)',
    es: 'la clave de la pregunta firmada debe ser la clave a la que está ligado el token de acceso (`cnf.jkt`)',
  },
  STATEMENT_TOKEN: {
    en: 'expected `ath` to be the SHA-256 of the access token',
    es: '`ath` debe ser el SHA-256 del token de acceso',
  },
  STATEMENT_DOCUMENT: {
    en: 'expected `doc` to be the SHA-256 of the text in `query`',
    es: '`doc` debe ser el SHA-256 del texto de `query`',
  },
  STATEMENT_OPERATION: {
    en: 'expected `operation` to be the `operationName` of the request',
    es: '`operation` debe ser el `operationName` de la solicitud',
  },
  STATEMENT_VARIABLES_MISSING: {
    en: 'expected the statement to state each variable of the request; {count} are missing',
    es: 'la pregunta firmada debe declarar cada variable de la solicitud; faltan {count}',
  },
  STATEMENT_VARIABLES_DIFFER: {
    en: 'expected the values of `variables` to be those of the statement; {count} differ',
    es: 'los valores de `variables` deben ser los de la pregunta firmada; {count} son distintos',
  },
  STATEMENT_VARIABLES_UNSENT: {
    en: 'expected the statement to state only variables of the request; {count} are not in it',
    es: 'la pregunta firmada solo puede declarar variables de la solicitud; {count} no están en ella',
  },
  STATEMENT_USED: {
    en: 'expected a statement that was not used before; sign a new one for each request',
    es: 'se esperaba una pregunta firmada que no se hubiera usado antes; firme una nueva para cada solicitud',
  },
} as const satisfies Record<string, Readonly<Record<Language, string>>>
