import type { ErrorCode, ErrorText } from './errors.ts'

/**
 * The texts of each error code in Spanish, for officers of Central America. errors.ts has the English ones, and explains the members.
 * `{country}` becomes the country's name.
 */
export const ERRORS_ES: Readonly<Record<ErrorCode, ErrorText>> = {
  TOKEN_MISSING: {
    meaning:
      'Para esto se necesita un token de acceso, y la solicitud no trae ninguno: inicie sesión y envíe el token como `Authorization: Bearer <token>`.',
    remedy: 'Si no sabe cómo obtener un token, pregunte en su propia institución.',
  },
  TOKEN_EXPIRED: {
    meaning: 'El token de acceso está vencido: obtenga uno nuevo y envíe la solicitud otra vez.',
    remedy: 'Si también se rechaza un token nuevo, consulte a quien administra su proveedor de identidad.',
  },
  TOKEN_INVALID: {
    meaning: 'El token de acceso no es válido: obtenga uno nuevo del proveedor de identidad de su propio país.',
    remedy: 'Si también se rechaza un token nuevo, consulte a quien administra su proveedor de identidad.',
  },
  PROOF_INVALID: {
    meaning: 'El token está ligado a una clave, y la solicitud no demuestra que quien la envía tiene esa clave.',
    remedy:
      'Envíe el token con el esquema DPoP y una prueba nueva para este método, esta dirección y este token, o por TLS con el certificado de cliente que el token nombra.',
  },
  QUESTION_INVALID: {
    meaning: 'La pregunta firmada no corresponde a la solicitud, así que la pasarela no transmite ninguna de las dos.',
    remedy:
      'Pregunte otra vez con la herramienta de su propio país. Si tampoco funciona, entregue a su operador el resto de este mensaje.',
  },
  NONCE_REQUIRED: {
    meaning:
      'La prueba de la clave del token necesita un nonce de este servidor: haga una prueba nueva con el que está en el encabezado `DPoP-Nonce`.',
    remedy: 'Los programas lo hacen solos (RFC 9449, sección 9). Si el suyo no lo hace, actualícelo.',
  },
  PROOFS_UNAVAILABLE: {
    meaning: 'Istmo no puede averiguar si la prueba de la clave del token ya se usó.',
    remedy: 'Envíe la solicitud otra vez en unos minutos. Si sigue igual, avise a quien opera Istmo.',
  },
  KEYS_UNAVAILABLE: {
    meaning: 'No están disponibles las claves con las que se comprueba el token.',
    remedy:
      'Envíe la solicitud otra vez en unos minutos. Si sigue igual, consulte a quien administra su proveedor de identidad.',
  },
  MANDATE_UNKNOWN: {
    meaning: 'El nodo todavía no ha visto la prueba de este mandato.',
    remedy: 'Istmo envía la prueba por sí mismo. Si ve esto, consulte a quien administra Istmo.',
  },
  GRAPHQL_PARSE_FAILED: {
    meaning: 'El documento no es GraphQL.',
    remedy: 'Corrija la sintaxis en la posición que indica el mensaje.',
  },
  GRAPHQL_VALIDATION_FAILED: {
    meaning: 'El documento no corresponde al esquema.',
    remedy: 'Compare el documento con el esquema publicado.',
  },
  OPERATION_RESOLUTION_FAILURE: {
    meaning:
      'El documento no tiene ninguna operación con ese nombre, o tiene varias operaciones y la solicitud no nombra ninguna.',
    remedy: 'Envíe en `operationName` el nombre de una operación del documento.',
  },
  BAD_REQUEST: {
    meaning: 'La solicitud HTTP no tiene la forma que Istmo acepta.',
    remedy:
      'Envíe JSON con `query`, como pide la especificación GraphQL-over-HTTP, y los encabezados en la forma que describe docs/querying.md.',
  },
  BAD_USER_INPUT: {
    meaning: 'Una variable o un argumento tiene un valor que el campo no acepta.',
    remedy: 'Corrija el valor y envíe la solicitud otra vez.',
  },
  ID_INVALID: {
    meaning: 'Un identificador no tiene la forma de un identificador de registro.',
    remedy: 'Escriba el código del país, dos puntos y el identificador nacional, como en GT:MP001-2026-1234.',
  },
  UNKNOWN_COUNTRY: {
    meaning: 'Un código de país no es ni un código ISO 3166-1 alfa-2 ni UN.',
    remedy: 'Escriba dos letras mayúsculas, como en GT. `/status` enumera los países que participan.',
  },
  BAD_CURSOR: {
    meaning: 'Un cursor está mal formado o pertenece a otro orden.',
    remedy: 'Use `endCursor`, o el `cursor` de una fila, de la misma conexión con el mismo `orderBy`.',
  },
  SEARCH_TOO_WIDE: {
    meaning:
      'Para preguntar si un país conoce a una persona se necesita un número de identificación, o un nombre y una fecha de nacimiento.',
    remedy: 'Agregue `identifier`, o bien `name` y `birthDate`.',
  },
  OPERATION_NOT_SUPPORTED: {
    meaning: 'No se admiten suscripciones, respuestas por partes ni tipos de operación que el grafo no tiene.',
    remedy: 'Envíe una consulta sin @defer, o una mutación si el esquema la tiene.',
  },
  PLAN_FAILED: {
    meaning: 'Istmo no puede hacer un plan para esta operación.',
    remedy:
      'Indique a quien opera Istmo el identificador de la solicitud, que está en el encabezado `Istmo-Request-Id`.',
  },
  LIMIT_EXCEEDED: {
    meaning: 'La operación es más grande de lo que permiten los límites.',
    remedy: 'Pida menos a la vez.',
  },
  COST_EXCEEDED: {
    meaning: 'La operación costaría más de lo permitido.',
    remedy: 'Pida páginas más pequeñas, menos niveles o menos de los campos que nombra el mensaje.',
  },
  DOCUMENT_NOT_TRUSTED: {
    meaning: 'El documento no está en la lista de documentos autorizados.',
    remedy: 'Envíe el identificador de un documento de la lista. Quien opera Istmo agrega documentos a la lista.',
  },
  RATE_LIMITED: {
    meaning: 'Llegaron demasiadas solicitudes en muy poco tiempo.',
    remedy: 'Espere, y envíe la solicitud otra vez después de los segundos que indica el encabezado `Retry-After`.',
  },
  PLANNING_BUDGET_SPENT: {
    meaning: 'Los documentos nuevos de quien consulta ya ocuparon todo el tiempo de planificación que le corresponde.',
    remedy:
      'Envíe la solicitud otra vez después de los segundos que indica el encabezado `Retry-After`. Use variables, para que el documento no cambie.',
  },
  TOO_MANY_IN_FLIGHT: {
    meaning: 'Hay demasiadas solicitudes de la misma persona en curso.',
    remedy: 'Espere una respuesta antes de enviar la siguiente solicitud.',
  },
  DOCUMENT_TOO_HARD: {
    meaning: 'Istmo dejó de planificar este documento, porque ocupaba demasiado tiempo o demasiada memoria.',
    remedy: 'Pida menos en un documento, o divídalo en varios.',
  },
  GATEWAY_BUSY: {
    meaning: 'Istmo tiene más trabajo del que puede hacer a tiempo.',
    remedy: 'Envíe la solicitud otra vez después de los segundos que indica el encabezado `Retry-After`.',
  },
  NOT_FOUND: { meaning: 'En esta dirección no hay nada.', remedy: 'GraphQL está en /graphql.' },
  METHOD_NOT_ALLOWED: {
    meaning: 'Esta dirección no admite el método.',
    remedy: 'Use un método que nombre el encabezado `Allow`.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    meaning: 'No se admite el tipo, el juego de caracteres o la compresión del cuerpo de la solicitud.',
    remedy: 'Envíe `Content-Type: application/json` en UTF-8. Puede comprimirlo con gzip o deflate.',
  },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    meaning: 'Istmo no guarda operaciones por su hash.',
    remedy:
      'Envíe el documento completo en `query`. Los programas que guardan consultas automáticamente lo hacen por sí mismos.',
  },
  BODY_TOO_LARGE: {
    meaning: 'El cuerpo de la solicitud pasa de 256 KiB.',
    remedy: 'Envíe un documento más pequeño y variables más pequeñas.',
  },
  INTERNAL: {
    meaning: 'Ocurrió un error interno.',
    remedy:
      'Indique a quien opera Istmo el identificador de la solicitud, que está en el encabezado `Istmo-Request-Id`.',
  },
  RECORD_UNAVAILABLE: {
    meaning: 'No se puede escribir en el registro de auditoría, y sin él Istmo no responde nada.',
    remedy: 'Envíe la solicitud otra vez en unos minutos. Si sigue igual, avise a quien opera Istmo.',
  },
  SHUTTING_DOWN: {
    meaning: 'Istmo se está deteniendo.',
    remedy: 'Envíe la solicitud otra vez. Otra instancia la responde.',
  },
  UNAUTHORIZED_FIELD_OR_TYPE: {
    meaning: 'Usted no puede leer este campo.',
    remedy:
      'Si lo necesita para su tarea, pida en su propia institución un token con ese permiso. Si no, quite el campo.',
  },
  MANDATE_NOT_COVERED: {
    meaning: 'El mandato no cubre lo que se pidió.',
    remedy:
      'Indique en `Istmo-Mandate` una finalidad del mandato, y nada que el mandato no tenga. Si su tarea exige más, consulte a la autoridad que le dio el mandato.',
  },
  ASSURANCE_TOO_LOW: {
    meaning: 'Usted no inició sesión con la seguridad que esto exige.',
    remedy:
      'Inicie sesión otra vez con un segundo factor o con una llave física. Si no tiene ninguno de los dos, pregunte en su propia institución.',
  },
  TASK_FORCE_NOT_RECOGNISED: {
    meaning:
      '{country} no reconoce a su equipo conjunto con el emisor, la institución y la finalidad con los que usted consulta.',
    remedy: 'Consulte a quien coordina su equipo conjunto, o al punto de contacto de {country}.',
  },
  FORBIDDEN_BY_COUNTRY: {
    meaning: 'Las reglas de {country} le niegan este campo.',
    remedy: 'Si lo necesita para su tarea, consulte al punto de contacto de {country}.',
  },
  CERTIFICATE_MISSING: {
    meaning: 'El servidor solo responde a un cliente que muestra un certificado de una autoridad en la que confía.',
    remedy: 'Consulte a Istmo, que tiene ese certificado.',
  },
  REFUSED_BY_NODE: {
    meaning: 'El servidor de {country} no permitió la solicitud.',
    remedy: 'Consulte al punto de contacto de {country}.',
  },
  CALLER_SUSPENDED: {
    meaning:
      'Usted, o aquello con lo que pregunta, está en suspenso: su institución, equipo conjunto, autoridad, mandato, credencial o clave.',
    remedy:
      'Consulte a la autoridad de mandatos de su país. Preguntar otra vez no ayuda antes de que alguien lo reanude.',
  },
  QUESTION_NOT_SIGNED: {
    meaning: '{country} responde solo a lo que el funcionario preguntó y firmó, y esta parte llegó sin tal pregunta.',
    remedy:
      'Pregunte con una herramienta que firme las preguntas. Si la suya lo hace, comunique el identificador de la solicitud al operador de la pasarela.',
  },
  LEG_NOT_OF_QUESTION: {
    meaning: 'La solicitud al país no se desprende de la pregunta que el funcionario firmó.',
    remedy:
      'Una pasarela pide a un país solo lo que preguntó el funcionario. El registro del nodo dice qué no era parte de la pregunta.',
  },
  DOCUMENT_UNKNOWN: {
    meaning: 'El nodo no conoce el documento que nombra la pregunta firmada.',
    remedy: 'Envíe la solicitud otra vez con el documento en `extensions.istmo.document`.',
  },
  QUESTION_CAP_REACHED: {
    meaning: '{country} responde a una pregunta solo con cierto número de solicitudes y registros, y esta ya los tuvo.',
    remedy: 'Pida menos a la vez, o divida la pregunta.',
  },
  CALLER_NOT_VERIFIED: {
    meaning: '{country} no pudo comprobar quién pregunta ni con qué mandato, y no dio nada.',
    remedy: 'Inicie la sesión otra vez. Si sigue igual, consulte a la autoridad de mandatos de su propio país.',
  },
  LEG_DEADLINE: {
    meaning: '{country} no respondió a tiempo, por lo que falta su parte.',
    remedy:
      'Lo que respondieron otros países está aquí. Pregunte otra vez en unos minutos. Si sigue igual, consulte al punto de contacto de {country}.',
  },
  REQUEST_DEADLINE: {
    meaning: 'El plazo de toda la solicitud terminó antes de la respuesta de {country}, por lo que falta su parte.',
    remedy: 'Pida menos a la vez, o pregunte otra vez en unos minutos.',
  },
  CONNECTION: {
    meaning: 'No hay conexión con el servidor de {country}, por lo que falta su parte.',
    remedy:
      'Lo que respondieron otros países está aquí. Pregunte otra vez en unos minutos. Si sigue igual, consulte al punto de contacto de {country}.',
  },
  BREAKER_OPEN: {
    meaning: 'El servidor de {country} falló varias veces seguidas, por lo que Istmo no le pregunta por ahora.',
    remedy: 'Pregunte otra vez en unos minutos. Si sigue igual, consulte al punto de contacto de {country}.',
  },
  COUNTRY_RATE_LIMITED: {
    meaning: '{country} recibe demasiadas solicitudes, por lo que Istmo no le preguntó esta parte.',
    remedy: 'Pida menos a la vez, o pregunte otra vez en unos minutos.',
  },
  BAD_ANSWER: {
    meaning: 'La respuesta de {country} no cumple el contrato, por lo que Istmo la omite.',
    remedy:
      'Indique a quien opera Istmo el identificador de la solicitud, que está en el encabezado `Istmo-Request-Id`.',
  },
  RECORDS_UNAVAILABLE: {
    meaning: 'El servidor de {country} no puede leer sus registros por ahora.',
    remedy: 'Pregunte otra vez en unos minutos. Si sigue igual, consulte al punto de contacto de {country}.',
  },
  LEG_SALT_MISSING: {
    meaning:
      'La solicitud no trae la sal para los hashes del registro de auditoría, por lo que el servidor nacional no responde.',
    remedy: 'Envíe 16 bytes al azar con cada solicitud: `Istmo-Leg-Salt: :<Base 64>:`. Istmo lo hace solo.',
  },
  LEG_SALT_NOT_VALID: {
    meaning: 'La sal para los hashes del registro de auditoría no son 16 bytes como `:<Base 64>:`.',
    remedy: 'Envíe 16 bytes al azar con cada solicitud: `Istmo-Leg-Salt: :<Base 64>:`. Istmo lo hace solo.',
  },
  LEG_SALT_REPEATED: {
    meaning: 'La sal para los hashes del registro de auditoría ya se usó, en esta hora o en la anterior.',
    remedy: 'Genere bytes nuevos al azar para cada solicitud, también si repite la misma solicitud.',
  },
  FOREIGN_RECORD: {
    meaning: 'La respuesta de {country} contiene un registro de otro país, por lo que Istmo la omite.',
    remedy:
      'Indique a quien opera Istmo el identificador de la solicitud, que está en el encabezado `Istmo-Request-Id`.',
  },
  RECEIPT_INVALID: {
    meaning: 'El recibo de {country} por su respuesta falta o no es válido, por lo que Istmo omite la respuesta.',
    remedy:
      'Indique a quien opera Istmo el identificador de la solicitud, que está en el encabezado `Istmo-Request-Id`.',
  },
  SUSPENDED: {
    meaning: '{country} está en suspenso, por lo que Istmo no le pregunta.',
    remedy: 'Consulte a quien opera Istmo, o al punto de contacto de {country}.',
  },
  AUTHORITY_UNAVAILABLE: {
    meaning: 'La autoridad de mandatos de su propio país no respondió, por lo que no se preguntó a {country}.',
    remedy: 'Pregunte otra vez en unos minutos. Si sigue igual, consulte a la autoridad de mandatos de su propio país.',
  },
  UNWITNESSED: {
    meaning: '{country} no entrega nada mientras el registro de auditoría no tenga testigos suficientes.',
    remedy: 'Pregunte otra vez más tarde. Si sigue igual, avise a quien opera Istmo.',
  },
  QUOTA_SPENT: {
    meaning: 'Usted ya agotó su cuota de hoy de filas de {country}.',
    remedy:
      'Pregunte otra vez mañana. Si su tarea exige más, pida al punto de contacto de {country} que aumente la cuota.',
  },
  HITS_SPENT: {
    meaning: 'Usted ya hizo hoy tantas búsquedas distintas de coincidencias como permiten {country} o la pasarela.',
    remedy:
      'Pregunte otra vez mañana; las búsquedas que ya hizo hoy siguen siendo gratuitas. Si su tarea exige más, pida al punto de contacto de {country} que aumente la cuota.',
  },
  TIME_SPENT: {
    meaning:
      'Sus preguntas ya ocuparon el tiempo de trabajo que el servidor de {country} da a cada usuario, por lo que falta la parte de {country}.',
    remedy: 'Pregunte otra vez en un minuto. Pida menos a la vez: menos alias, listas más cortas, menos años.',
  },
  CONFIGURATION_INVALID: {
    meaning: 'El archivo que describe a {country} en Istmo tiene un error, por lo que Istmo no le pregunta.',
    remedy: 'Avise a quien opera Istmo.',
  },
  PARTLY_DENIED: {
    meaning: '{country} negó una parte de lo que se pidió.',
    remedy:
      'Vea `errors` en la respuesta. Si necesita esa parte para su tarea, consulte al punto de contacto de {country}.',
  },
  PARTLY_NOT_PUBLISHED: {
    meaning: '{country} no publica una parte de lo que se pidió.',
    remedy: 'Los campos son nulos para este país. Preguntar otra vez no ayuda.',
  },
  ROWS_DROPPED: {
    meaning:
      'Se omiten algunas filas de {country}: falta un valor que necesitan, o no es válido, o son más de las que puede agregar una respuesta.',
    remedy:
      '`extensions.count` dice cuántas filas son, y `coordinate` qué valor les falta. Avise al punto de contacto de {country}.',
  },
  COVERAGE_PARTIAL: {
    meaning: 'Los datos de {country} cubren solo una parte de lo que se pidió. Lo que falta aquí puede existir.',
    remedy: 'Lea una respuesta vacía como «no se sabe», y pregunte a la institución que lleva los datos completos.',
  },
  QUOTA_REACHED: {
    meaning: 'Se omiten filas porque usted alcanzó su cuota de hoy de filas de {country}.',
    remedy:
      'Pregunte otra vez mañana, haga una pregunta más precisa, o pida al punto de contacto de {country} que aumente la cuota.',
  },
  EARLIER_PAGES_MISSING: {
    meaning: 'Faltan filas de páginas anteriores porque {country} no respondió en ese momento.',
    remedy: 'Pida este registro por separado, página por página.',
  },
  NOT_PUBLISHED: {
    meaning: '{country} no publica lo que se pidió, o no participa.',
    remedy: 'Preguntar otra vez no ayuda. `/status` enumera quién publica qué.',
  },
  DENIED: {
    meaning: '{country} negó su parte.',
    remedy:
      '`extensions.countries` indica el motivo con un código. Si necesita esa parte para su tarea, consulte al punto de contacto de {country}.',
  },
  TIMED_OUT: {
    meaning: '{country} no respondió a tiempo, por lo que falta su parte.',
    remedy:
      'Lo que respondieron otros países está aquí. Pregunte otra vez en unos minutos. Si sigue igual, consulte al punto de contacto de {country}.',
  },
  UNAVAILABLE: {
    meaning: 'La parte de {country} no está disponible.',
    remedy:
      'Lo que respondieron otros países está aquí. Pregunte otra vez en unos minutos. Si sigue igual, consulte al punto de contacto de {country}.',
  },
  COUNTRIES_DISAGREE: {
    meaning: 'Los países dieron valores distintos para un campo que tiene un solo valor.',
    remedy: 'Pregunte a cada país por separado.',
  },
  NULL_FOR_NON_NULL: {
    meaning: 'Falta un valor obligatorio.',
    remedy: 'Vea los otros errores, que nombran el país cuyo valor falta.',
  },
  SUBGRAPH_ERROR: {
    meaning: 'Un subgrafo comunicó un error aquí.',
    remedy:
      'Indique a quien opera Istmo el identificador de la solicitud, que está en el encabezado `Istmo-Request-Id`.',
  },
  ERRORS_CUT: { meaning: 'Hubo más de 100 errores. Los demás se omiten.', remedy: 'Pida menos a la vez.' },
  AUDIT_LOG_AWAY: {
    meaning:
      'Ahora no se puede leer el registro de auditoría que tiene este asiento, así que nada de él se puede comprobar.',
    remedy:
      'Pregunte otra vez en unos minutos. Si sigue igual, avise a quien opera el servicio de auditoría y al dueño del registro.',
  },
  AUDIT_LOG_DAMAGED: {
    meaning: 'El registro de auditoría no cuadra donde está este asiento: alguien pudo haberlo alterado.',
    remedy:
      'No confíe en lo que se muestra. Pida a quien tiene una copia del registro que ejecute `istmo audit verify`, y avise a la autoridad de protección de datos.',
  },
}
